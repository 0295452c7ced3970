"""Which benchmarks there are, for `make bench`: the files here that ask a question; the others are their parts.

Runs before there is an environment, so it imports nothing of ours.
"""

import ast
import sys
from collections.abc import Sequence
from pathlib import Path

UNKNOWN = 2


def main(words: Sequence[str]) -> int:
    """Without a name, list them; with one, say whether it can be run."""
    known = questions()
    if not words:
        print("Name one of these, such as make bench NAME=start; QUICK=1 makes it short:")
        for name, question in known.items():
            print(f"  {name:15} {question}")
        return 0
    if words[0].replace("_", "-") not in known:
        print(f"There is no benchmark {words[0]}; make bench lists them.", file=sys.stderr)
        return UNKNOWN
    return 0


def questions() -> dict[str, str]:
    """What each benchmark asks, by its name."""
    first_lines = {
        file.stem.replace("_", "-"): (ast.get_docstring(ast.parse(file.read_text())) or "").partition("\n")[0]
        for file in sorted(Path(__file__).parent.glob("*.py"))
    }
    return {name: line for name, line in first_lines.items() if line.endswith("?")}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
