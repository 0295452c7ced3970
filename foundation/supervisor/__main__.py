"""`python -m foundation.supervisor`: every refusal is one sentence and exit code 2, never a stack trace."""

import signal
import sys
from pathlib import Path

from foundation.children import end_with_parent
from foundation.settings import SettingsRefused, load_settings
from foundation.supervisor.child import KeepsEnding
from foundation.supervisor.place import CannotStart, unwritable
from foundation.supervisor.start import run

CANNOT_START = 2
GAVE_UP = 1


def main(words: list[str]) -> int:
    if "--ends-with-parent" in words:
        # `make` started us: when somebody kills it, Ctrl-C would reach nobody.
        end_with_parent(signal.SIGTERM)
    try:
        run(load_settings())
    except (CannotStart, SettingsRefused) as refusal:
        return _refuse(str(refusal), CANNOT_START)
    except KeepsEnding as fault:
        return _refuse(str(fault), GAVE_UP)
    except OSError as fault:
        where = Path(fault.filename) if isinstance(fault.filename, str) else None
        sentence = str(unwritable(where, fault)) if where else f"The service cannot start: {fault}"
        return _refuse(sentence, CANNOT_START)
    return 0


def _refuse(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
