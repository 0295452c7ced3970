"""One server per data folder: ours, or the one that runs.

`running(data_dir)` is the way in for everybody: the first who comes starts the server, whoever comes while it runs joins.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2

from foundation.locks import Lock
from foundation.postgres.embedded.address import ServerAddress, read_address
from foundation.postgres.embedded.server import Server, ServerDidNotStart
from foundation.postgres.roles import LOADER, libpq_url

__all__ = ["Server", "ServerAddress", "ServerDidNotStart", "folder_in", "read_address", "running", "serving"]

ANSWERS_WITHIN_S = 90.0
LOOK_EVERY_S = 0.05


def folder_in(data_dir: Path) -> Path:
    """Where the embedded server lives within a data folder."""
    return data_dir / "postgres"


@contextlib.contextmanager
def running(data_dir: Path, *, durable: bool = True) -> Iterator[ServerAddress]:
    """A server for this data folder: ours for the duration of the block, or the one that runs already.

    Args:
        durable: False only in tests, where a lost cluster does not matter.

    Raises:
        OSError: the folder cannot be used or the server did not start.
    """
    folder = folder_in(data_dir)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    patience_ends = time.monotonic() + ANSWERS_WITHIN_S
    while True:
        runner = Lock(folder / "lock")
        if runner.take():
            with contextlib.closing(runner), _started(folder, durable=durable) as server:
                yield server
                _wait_for_guests(folder)
            return
        with contextlib.closing(Lock(folder / "guests")) as guest:
            if guest.take(shared=True) and (address := _answering(folder)):
                yield address
                return
        if time.monotonic() > patience_ends:
            raise ServerDidNotStart("the server that somebody else started does not answer")
        time.sleep(LOOK_EVERY_S)


@contextlib.contextmanager
def serving(data_dir: Path, *, while_waiting: Callable[[], None]) -> Iterator[Server]:
    """The server itself, not yet started, for the one who keeps it running; ends with the block.

    Args:
        while_waiting: called again and again while a command that started the server for itself has not finished.
    """
    folder = folder_in(data_dir)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.closing(Lock(folder / "lock")) as runner:
        while not runner.take():
            while_waiting()
            time.sleep(LOOK_EVERY_S)
        server = Server(folder)
        try:
            yield server
        finally:
            server.stop()


@contextlib.contextmanager
def _started(folder: Path, *, durable: bool) -> Iterator[ServerAddress]:
    server = Server(folder, durable=durable)
    try:
        yield server.start()
    finally:
        server.stop()


def _wait_for_guests(folder: Path) -> None:
    with contextlib.closing(Lock(folder / "guests")) as guests:
        guests.take(wait=True)


def _answering(folder: Path) -> ServerAddress | None:
    """The address of the server that somebody else runs, once it lets the service's roles in."""
    address = read_address(folder)
    if address is None:
        return None
    try:
        psycopg2.connect(libpq_url(address.url(LOADER))).close()
    except psycopg2.OperationalError:
        return None
    return address
