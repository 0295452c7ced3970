"""The database of the start: the embedded one, kept running like every other process, or the operator's."""

import contextlib
from collections.abc import Callable, Iterator

from foundation.postgres.embedded.running import serving
from foundation.postgres.embedded.server import Server, ServerDidNotStart
from foundation.settings import Settings
from runtime.supervisor.child import ENDS_TO_GIVE_UP, RecentExits, RestartLimitReached


class SupervisedDatabase:
    """The embedded server, started again when it has ended."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._recent_exits = RecentExits()

    def poll(self) -> str:
        """Start the server again if it has ended; a sentence if there is something to tell.

        Raises:
            RestartLimitReached: too often to go on.
        """
        if self._server.is_running():
            return ""
        if self._recent_exits.count() >= ENDS_TO_GIVE_UP:
            raise RestartLimitReached(
                f"The database keeps ending; everything stops. Its log: {self._server.log}"
            )
        try:
            self._server.start()
        except ServerDidNotStart as fault:
            return f"The database has ended and did not start again: {fault}"
        return "The database has ended and was started again; what was committed is there."

    def is_new(self) -> bool:
        """Whether nothing was ever kept here."""
        return self._server.is_new()

    def start(self) -> None:
        """Start the server for the first time.

        Raises:
            OSError: the folder cannot be written, or the server did not start.
        """
        self._server.start()


@contextlib.contextmanager
def supervised_database(
    settings: Settings, *, while_waiting: Callable[[], None]
) -> Iterator[SupervisedDatabase | None]:
    """The embedded database for the block, not yet started but with an address; None where the operator has one."""
    if settings.database_url:
        yield None
        return
    with serving(settings.data_dir, while_waiting=while_waiting) as server:
        server.locate()
        yield SupervisedDatabase(server)
