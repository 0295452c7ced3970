"""gunicorn's threads, for visitors who send promptly: whoever sends a request byte by byte must not hold every thread.

A proxy in front does the same better, since it takes a request in whole before it asks us.
"""

import contextlib
import socket
import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

HEAD_WITHIN_S = 5.0
BODY_WITHIN_S = 20.0


class PromptWorker(ThreadWorker):  # type: ignore[misc]
    """Ends a connection whose request has not arrived in time; the answer may then take as long as it takes."""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self._arriving: dict[Any, float] = {}

    def handle(self, conn: Any) -> Any:
        self._arriving[conn] = time.monotonic() + HEAD_WITHIN_S
        try:
            return super().handle(conn)
        finally:
            self._arriving.pop(conn, None)

    def handle_request(self, req: Any, conn: Any) -> Any:
        if req.method in ("GET", "HEAD", "OPTIONS"):
            self._arriving.pop(conn, None)
        else:
            self._arriving[conn] = time.monotonic() + BODY_WITHIN_S
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Called about once a second by the loop that accepts connections."""
        super().murder_pending()
        for conn, until in list(self._arriving.items()):
            if time.monotonic() > until:
                self._arriving.pop(conn, None)
                with contextlib.suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RDWR)
