"""What an earlier server that was killed may have left: processes still ending, and files that name dead ones."""

import os
import signal
import time
from pathlib import Path

ENDS_BY_ITSELF_WITHIN_S = 10.0
LOOK_EVERY_S = 0.02


def end_stale_processes(data: Path, socket_folder: Path) -> None:
    """Wait for (at last, kill) what still works in the data folder, then remove the stale files.

    The caller holds the lock of the folder, so nobody of ours has started a server there meanwhile. The files must go
    because their process number may by now belong to a stranger, for whom PostgreSQL would refuse to start.
    """
    patience_ends = time.monotonic() + ENDS_BY_ITSELF_WITHIN_S
    while working := processes_working_in(data):
        if time.monotonic() > patience_ends:
            for pid in working:
                _kill(pid)
        time.sleep(LOOK_EVERY_S)
    (data / "postmaster.pid").unlink(missing_ok=True)
    for stale in socket_folder.glob(".s.PGSQL.*"):
        stale.unlink(missing_ok=True)


def processes_working_in(folder: Path) -> list[int]:
    """The processes whose working folder this is: every process of a PostgreSQL server stays in its data folder."""
    if not folder.exists():
        return []
    wanted = folder.stat()
    return [pid for pid in _all_processes() if _works_in(pid, wanted)]


def _all_processes() -> list[int]:
    proc = Path("/proc")
    return [int(entry.name) for entry in proc.iterdir() if entry.name.isdecimal()] if proc.is_dir() else []


def _works_in(pid: int, wanted: os.stat_result) -> bool:
    try:
        return os.path.samestat(Path(f"/proc/{pid}/cwd").stat(), wanted)
    except OSError:
        # Ended meanwhile, or a stranger's: not ours in either case.
        return False


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
