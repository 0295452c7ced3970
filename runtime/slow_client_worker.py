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
# While nearly every thread waits for somebody who is slow, they have no more time than this: the others come first.
CROWDED_SENDING_S = 1.5
CROWDED_READING_S = 3.0
SPARE_THREADS = 1


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
        # When each request began to arrive, and the body of those whose head has come.
        self._began: dict[Any, float] = {}
        self._bodies: dict[Any, Any] = {}
        self._responses: dict[Any, ResponseProgress] = {}

    def handle(self, conn: Any) -> Any:
        self._began[conn] = time.monotonic()
        self._request_deadlines[conn] = self._began[conn] + HEAD_WITHIN_S
        try:
            goes_on = super().handle(conn)
        finally:
            self._request_deadlines.pop(conn, None)
            for known in (self._responses, self._began, self._bodies):
                known.pop(conn, None)
        if not goes_on:
            _close_gracefully(conn)
        return goes_on

    def handle_request(self, req: Any, conn: Any) -> Any:
        if req.method in ("GET", "HEAD", "OPTIONS"):
            self._request_deadlines.pop(conn, None)
        else:
            self._request_deadlines[conn] = time.monotonic() + BODY_WITHIN_S
            self._bodies[conn] = req.body
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
        self._make_room()

    def _make_room(self) -> None:
        """Where nearly every thread waits for somebody slow, end those connections that have kept theirs longest."""
        at = time.monotonic()
        senders = [conn for conn in list(self._request_deadlines) if not _has_arrived(self._bodies.get(conn))]
        readers = [
            conn for conn, response in list(self._responses.items()) if math.isfinite(response.deadline)
        ]
        if len(senders) + len(readers) < self.cfg.threads - SPARE_THREADS:
            return
        for conn in senders:
            if at - self._began.get(conn, at) > CROWDED_SENDING_S:
                self._request_deadlines.pop(conn, None)
                _shut_down(conn)
        for conn in readers:
            response = self._responses.get(conn)
            if response is not None and response.deadline - at < SENT_WITHIN_S - CROWDED_READING_S:
                self._responses.pop(conn, None)
                _shut_down(conn)


def _has_arrived(body: Any) -> bool:
    """Whether all of a request's body is here; of one whose head is still on its way nothing is."""
    return body is not None and getattr(body.reader, "length", 1) == 0


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
