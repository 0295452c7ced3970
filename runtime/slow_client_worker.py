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

from runtime.tcp_progress import Sending

HEAD_WITHIN_S = 5.0
BODY_WITHIN_S = 20.0
# A download over a slow line goes on for as long as it moves; six at once over GPRS still move faster than this.
SENT_WITHIN_S = 20.0
LEAST_SENT_BYTES = 4096
LEAVE_WITHIN_S = 0.5


@dataclass(slots=True)
class Answer:
    """An answer under way, and how far it has to be by when; no haste while it is being made."""

    taken_bytes: int = 0
    until: float = math.inf


class PromptWorker(ThreadWorker):  # type: ignore[misc]
    """Ends a connection whose request does not arrive in time, or whose answer the reader does not take."""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self._arriving: dict[Any, float] = {}
        self._answers: dict[Any, Answer] = {}

    def handle(self, conn: Any) -> Any:
        self._arriving[conn] = time.monotonic() + HEAD_WITHIN_S
        try:
            goes_on = super().handle(conn)
        finally:
            self._arriving.pop(conn, None)
            self._answers.pop(conn, None)
        if not goes_on:
            _take_leave(conn)
        return goes_on

    def handle_request(self, req: Any, conn: Any) -> Any:
        if req.method in ("GET", "HEAD", "OPTIONS"):
            self._arriving.pop(conn, None)
        else:
            self._arriving[conn] = time.monotonic() + BODY_WITHIN_S
        self._answers[conn] = Answer()
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Called about once a second by the loop that accepts connections."""
        super().murder_pending()
        for conn, until in list(self._arriving.items()):
            if time.monotonic() > until:
                self._arriving.pop(conn, None)
                _end(conn)
        for conn, answer in list(self._answers.items()):
            if _stalls(answer, Sending.on(conn.sock)):
                self._answers.pop(conn, None)
                _end(conn)


def _stalls(answer: Answer, sending: Sending | None) -> bool:
    if sending is None or not sending.waiting:
        # Nobody is waited for but ourselves.
        answer.until = math.inf
    elif math.isinf(answer.until) or sending.taken_bytes >= answer.taken_bytes:
        answer.taken_bytes = sending.taken_bytes + LEAST_SENT_BYTES
        answer.until = time.monotonic() + SENT_WITHIN_S
    return time.monotonic() > answer.until


def _take_leave(conn: Any) -> None:
    """Wait here for the other side to close; gunicorn would wait in the loop that accepts everybody's connections.

    What it still sends is read, or the kernel would break the connection off and the answer's end be lost.
    """
    until = time.monotonic() + LEAVE_WITHIN_S
    with contextlib.suppress(OSError):
        conn.sock.shutdown(socket.SHUT_WR)
        while (left_s := until - time.monotonic()) > 0:
            conn.sock.settimeout(left_s)
            if not conn.sock.recv(65_536):
                break
    with contextlib.suppress(OSError):
        conn.sock.shutdown(socket.SHUT_RD)


def _end(conn: Any) -> None:
    with contextlib.suppress(OSError):
        conn.sock.shutdown(socket.SHUT_RDWR)
