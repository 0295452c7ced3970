"""`python -m runtime.supervisor`: every refusal is one sentence and exit code 2, never a stack trace."""

import os
import signal
import sys
from pathlib import Path

from foundation.child_processes import set_parent_death_signal
from foundation.errors import CannotRun
from foundation.postgres.connections import DatabaseUnreachable
from foundation.settings import DEMO_SECRET_FILE, SettingsRefused, load_settings
from runtime.supervisor.child import RestartLimitReached
from runtime.supervisor.preflight import CannotStart, unwritable
from runtime.supervisor.start import run

CANNOT_START = 2
GAVE_UP = 1


def main(words: list[str]) -> int:
    if "--ends-with-parent" in words:
        # `make` started us: when somebody kills it, Ctrl-C would reach nobody.
        set_parent_death_signal(signal.SIGTERM)
    # Logs, images and keys are nobody else's on this machine.
    os.umask(0o077)
    try:
        run(load_settings())
    except (CannotRun, CannotStart, DatabaseUnreachable, SettingsRefused) as refusal:
        return _refuse(str(refusal), CANNOT_START)
    except RestartLimitReached as fault:
        return _refuse(str(fault), GAVE_UP)
    except OSError as fault:
        return _refuse(_readable_error(fault), CANNOT_START)
    return 0


def _readable_error(fault: OSError) -> str:
    if not isinstance(fault.filename, str):
        return f"The service cannot start: {fault}"
    path = Path(fault.filename)
    # The first file of all is the demo's secret; the person chose its folder.
    return str(unwritable(path.parent if path.name == DEMO_SECRET_FILE else path, fault))


def _refuse(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
