"""The folder for everything that must survive: whose it is, and whether there is room in it."""

import errno
import os
import pwd
from pathlib import Path

from foundation.errors import CannotRun

# The database alone writes its log ahead in pieces of 16 MB.
LEAST_FREE_BYTES = 64 * 1024 * 1024


def free_bytes(folder: Path) -> int:
    """How much fits into the file system on which this folder lies, or will lie."""
    while not folder.exists():
        folder = folder.parent
    state = os.statvfs(folder)
    return state.f_bavail * state.f_frsize


def require_usable(folder: Path) -> None:
    """Refuse before anything is written.

    Raises:
        CannotRun: it belongs to another account, or there is no room.
    """
    require_own(folder)
    require_room(folder)


def require_own(folder: Path) -> None:
    """Raises CannotRun: it belongs to another account."""
    if folder.exists() and (owner := folder.stat().st_uid) != os.geteuid():
        raise CannotRun(
            f"The folder {folder} belongs to {_name(owner)}, and this runs as {_name(os.geteuid())}: what one writes there "
            f"the other could not read. Run it as {_name(owner)}, or name another folder with DATA_DIR."
        )


def make_closed(folder: Path) -> None:
    """A folder that nobody else may look into. Raises CannotRun: it is there already, and open to others."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        raise CannotRun(
            f"The folder {folder} is open to other accounts of this machine. Close it (chmod 700 {folder}), or name a new one."
        )


def require_room(folder: Path) -> None:
    """Raises CannotRun: there is no room."""
    if (free := free_bytes(folder)) < LEAST_FREE_BYTES:
        raise CannotRun(
            f"The disk of the folder {folder} is full: {free // 1024**2} MB are left, and "
            f"{LEAST_FREE_BYTES // 1024**2} are the least to work with. Make room, and run it again."
        )


def told_of(fault: OSError) -> str:
    """What an operator is told of a file that could not be read or written."""
    named = f" ({fault.filename})" if fault.filename else ""
    if fault.errno == errno.ENOSPC:
        return f"The disk is full{named}. Make room, and run it again."
    if isinstance(fault, PermissionError) and isinstance(fault.filename, str):
        return _whose(Path(fault.filename)) or f"This cannot be done: {fault.strerror}{named}."
    return f"This cannot be done: {fault.strerror or fault}{named}."


def _whose(path: Path) -> str:
    """The folder that another account keeps closed; "" where it is our own."""
    for place in (path, *path.parents):
        try:
            owner = place.stat().st_uid
        except OSError:
            continue
        if owner == os.geteuid():
            return ""
        return (
            f"{place} belongs to {_name(owner)} and is closed to {_name(os.geteuid())}. Run it as {_name(owner)}, or name "
            "another folder with DATA_DIR."
        )
    return ""


def _name(user_id: int) -> str:
    try:
        return pwd.getpwuid(user_id).pw_name
    except KeyError:
        return f"the account {user_id}"
