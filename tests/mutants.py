"""What came of the mutants of the policy: `python -m tests.mutants mutants.jsonl` ends with 1 where one passed the tests."""

import json
import sys
from pathlib import Path

KILLED = "killed"
# So that a run which made none does not pass.
LEAST = 30


def survivors(lines: list[str]) -> list[str]:
    """The change of each mutant that no test failed for, as a difference.

    Raises:
        ValueError: a mutant was not judged, or hardly any was made.
    """
    judged = [json.loads(line)[1] for line in lines]
    if len(judged) < LEAST or None in judged:
        raise ValueError(f"{len(judged)} mutants, of which {judged.count(None)} were not judged")
    return [each["diff"] for each in judged if each["test_outcome"] != KILLED]


if __name__ == "__main__":
    told = Path(sys.argv[1]).read_text().splitlines()
    passed = survivors(told)
    sys.stdout.write("".join(f"{each}\n" for each in passed))
    sys.stdout.write(f"{len(told)} mutants, {len(passed)} passed the tests.\n")
    sys.exit(1 if passed else 0)
