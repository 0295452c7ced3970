"""Where files of one process wait on their way in; what a process left behind that was killed is swept by the next.

Each process locks a folder of its own for as long as it lives: the kernel lets go of the lock however it ends (flock(2)).
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_OF_A_PROCESS = "process-"
_ONE_AT_A_TIME = "sweeping"
# Processes of a version before wrote without a folder of their own: none of them takes so long over a file.
_ABANDONED_AFTER_S = 24 * 3600


class WaitingFolder:
    """A folder of this process beneath `incoming`, gone when it is closed."""

    def __init__(self, incoming: Path) -> None:
        """Sweep what nobody owns, and take a folder. Raises OSError: no space, no right."""
        incoming.mkdir(parents=True, exist_ok=True)
        with _alone(incoming):
            _sweep(incoming)
            self.path = Path(tempfile.mkdtemp(dir=incoming, prefix=_OF_A_PROCESS))
            self._lock = _opened(self.path)
            fcntl.flock(self._lock, fcntl.LOCK_EX)

    def close(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


@contextlib.contextmanager
def _alone(incoming: Path) -> Iterator[None]:
    """Nobody else sweeps, or has made a folder that is not locked yet."""
    descriptor = os.open(incoming / _ONE_AT_A_TIME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sweep(incoming: Path) -> None:
    for each in incoming.iterdir():
        if each.name.startswith(_OF_A_PROCESS):
            if not _is_locked(each):
                shutil.rmtree(each, ignore_errors=True)
        elif each.name != _ONE_AT_A_TIME and _is_abandoned(each):
            if each.is_dir():
                shutil.rmtree(each, ignore_errors=True)
            else:
                each.unlink(missing_ok=True)


def _is_locked(folder: Path) -> bool:
    try:
        descriptor = _opened(folder)
    except OSError:
        # Its process has just closed it.
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _is_abandoned(path: Path) -> bool:
    try:
        return time.time() - path.lstat().st_mtime > _ABANDONED_AFTER_S
    except FileNotFoundError:
        return False


def _opened(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
