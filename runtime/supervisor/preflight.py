"""Whether we may start here: a folder that can be written and is nobody else's, ports that are free."""

import errno
import socket
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from foundation.locks import Lock
from foundation.settings import Settings
from runtime.supervisor.processes import Process

HIGHEST_PORT = 65535
# After a kill -9 the kernel ends the old processes for us, which takes a moment.
FREED_WITHIN_S = 2.0
LOOK_EVERY_S = 0.05


class CannotStart(Exception):
    """Why not, in one sentence for the person at the keyboard."""


def unwritable(folder: Path, fault: OSError) -> CannotStart:
    """The sentence for a folder that does not take our data."""
    reason = (fault.strerror or str(fault)).lower()
    return CannotStart(f"The folder {folder} cannot be written ({reason}); choose another with DATA_DIR=...")


def lock_data_folder(data_dir: Path) -> Lock:
    """Make the folder ours as long as the lock is open.

    Raises:
        CannotStart: it cannot be written, or another start uses it.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data_dir):
            lock = Lock(data_dir / "lock")
            taken = lock.take()
    except OSError as fault:
        raise unwritable(data_dir, fault) from fault
    if not taken:
        raise CannotStart(
            f"Another start already uses the folder {data_dir}; choose another with DATA_DIR=..."
        )
    return lock


def require_free_ports(settings: Settings, processes: Sequence[Process]) -> None:
    """Refuse while anybody else listens where we want to.

    Raises:
        CannotStart: naming the first port that is taken.
    """
    patience_ends = time.monotonic() + FREED_WITHIN_S
    for process in processes:
        if process.port is None:
            continue
        if process.port > HIGHEST_PORT:
            raise CannotStart(f"PORT={settings.port} is too high: the three ports after it are needed too.")
        while (obstacle := _obstacle(process.port)) and time.monotonic() < patience_ends:
            time.sleep(LOOK_EVERY_S)
        if obstacle:
            raise CannotStart(
                f"Port {process.port} (for the {process.name}) {obstacle}; "
                "choose four others that follow each other with PORT=..."
            )


def _obstacle(port: int) -> str:
    with socket.socket() as trial:
        # As the servers themselves do: connections that are only fading away are no obstacle.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
            trial.listen()
        except OSError as fault:
            if fault.errno == errno.EADDRINUSE:
                return "is taken by another program"
            return "may not be used by us"
    return ""
