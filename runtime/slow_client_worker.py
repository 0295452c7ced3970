"""gunicorn's threads, for visitors who are prompt: nobody who sends or reads byte by byte may hold every thread.

A proxy in front does the same better, since it takes requests in, and answers off our hands, as a whole.
"""

import contextlib
import math
import socket
import time
from dataclasses import dataclass
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from runtime.tcp_progress import TcpProgress

HEAD_WITHIN_S = 5.0
BODY_WITHIN_S = 20.0
# A download over a slow line goes on for as long as it moves; six at once over GPRS still move faster than this.
SENT_WITHIN_S = 20.0
LEAST_SENT_BYTES = 4096
CLOSE_WITHIN_S = 0.5


@dataclass(slots=True)
class ResponseProgress:
    """An answer under way, and how far it has to be by when; no haste while it is being made."""

    acknowledged_bytes: int = 0
    deadline: float = math.inf


class SlowClientWorker(ThreadWorker):  # type: ignore[misc]
    """Ends a connection whose request does not arrive in time, or whose answer the reader does not take."""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self._request_deadlines: dict[Any, float] = {}
        self._responses: dict[Any, ResponseProgress] = {}

    def handle(self, conn: Any) -> Any:
        self._request_deadlines[conn] = time.monotonic() + HEAD_WITHIN_S
        try:
            goes_on = super().handle(conn)
        finally:
            self._request_deadlines.pop(conn, None)
            self._responses.pop(conn, None)
        if not goes_on:
            _close_gracefully(conn)
        return goes_on

    def handle_request(self, req: Any, conn: Any) -> Any:
        if req.method in ("GET", "HEAD", "OPTIONS"):
            self._request_deadlines.pop(conn, None)
        else:
            self._request_deadlines[conn] = time.monotonic() + BODY_WITHIN_S
        self._responses[conn] = ResponseProgress()
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Called about once a second by the loop that accepts connections."""
        super().murder_pending()
        for conn, deadline in list(self._request_deadlines.items()):
            if time.monotonic() > deadline:
                self._request_deadlines.pop(conn, None)
                _shut_down(conn)
        for conn, response in list(self._responses.items()):
            if _stalls(response, TcpProgress.on(conn.sock)):
                self._responses.pop(conn, None)
                _shut_down(conn)


def _stalls(response: ResponseProgress, progress: TcpProgress | None) -> bool:
    if progress is None or not progress.waiting:
        # Nobody is waited for but ourselves.
        response.deadline = math.inf
    elif math.isinf(response.deadline) or progress.acknowledged_bytes >= response.acknowledged_bytes:
        response.acknowledged_bytes = progress.acknowledged_bytes + LEAST_SENT_BYTES
        response.deadline = time.monotonic() + SENT_WITHIN_S
    return time.monotonic() > response.deadline


def _close_gracefully(conn: Any) -> None:
    """Wait here for the other side to close; gunicorn would wait in the loop that accepts everybody's connections.

    What it still sends is read, or the kernel would break the connection off and the answer's end be lost.
    """
    deadline = time.monotonic() + CLOSE_WITHIN_S
    with contextlib.suppress(OSError):
        conn.sock.shutdown(socket.SHUT_WR)
        while (left_s := deadline - time.monotonic()) > 0:
            conn.sock.settimeout(left_s)
            if not conn.sock.recv(65_536):
                break
    with contextlib.suppress(OSError):
        conn.sock.shutdown(socket.SHUT_RD)


def _shut_down(conn: Any) -> None:
    with contextlib.suppress(OSError):
        conn.sock.shutdown(socket.SHUT_RDWR)
