"""Whether the processes have begun to listen."""

import socket
from collections.abc import Sequence

from runtime.supervisor.processes import Process


class Readiness:
    """Remembers who has answered, so that nobody is disturbed twice."""

    def __init__(self, processes: Sequence[Process]) -> None:
        self._not_ready = [process for process in processes if process.port is not None]

    def not_ready(self) -> list[str]:
        """The names of those who do not listen yet."""
        self._not_ready = [process for process in self._not_ready if not _listens(process.port or 0)]
        return [process.name for process in self._not_ready]


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
