"""gunicorn's threads, for visitors who are prompt: nobody who sends or reads byte by byte may hold every thread.

A request is taken in by the loop that accepts connections, and gets a thread when it is here. An answer that is not taken
holds its thread; a proxy in front does that better, since it takes answers off our hands as a whole.
"""

import contextlib
import math
import selectors
import socket
import time
from dataclasses import dataclass
from functools import partial
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from runtime.request_arrival import ArrivingRequest
from runtime.tcp_progress import TcpProgress

HEAD_WITHIN_S = 5.0
BODY_WITHIN_S = 20.0
# A download over a slow line goes on for as long as it moves; six at once over GPRS still move faster than this.
SENT_WITHIN_S = 20.0
LEAST_SENT_BYTES = 4096
CLOSE_WITHIN_S = 0.5
# While nearly every thread waits for somebody who reads slowly, they have no more time than this: the others come first.
CROWDED_READING_S = 3.0
SPARE_THREADS = 1
# Of all requests that are on their way in to one process.
MOST_ARRIVING_BYTES = 64 << 20
RECEIVED_AT_ONCE_BYTES = 1 << 16
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(slots=True)
class ResponseProgress:
    """An answer under way, and how far it has to be by when; no haste while it is being made."""

    acknowledged_bytes: int = 0
    deadline: float = math.inf


class SlowClientWorker(ThreadWorker):  # type: ignore[misc]
    """Ends a connection whose request does not arrive in time, or whose answer the reader does not take."""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self._responses: dict[Any, ResponseProgress] = {}
        # Touched by the loop alone: who has no thread yet.
        self._arriving: dict[Any, ArrivingRequest] = {}
        self._arriving_bytes = 0

    def enqueue_req(self, conn: Any) -> None:
        """Called by the loop for each connection from which a request may come: no thread has it before it is here."""
        arriving = ArrivingRequest(time.monotonic())
        if conn.parser is not None:
            # What came along with the request before.
            arriving.add(conn.parser.unreader.take_buffered())
        # Asked of the system only where it is not so: each question lets another thread go first.
        if conn.sock.getblocking():
            conn.sock.setblocking(False)
        self._arriving[conn] = arriving
        self._arriving_bytes += len(arriving.received)
        self._receive(conn)

    def _receive(self, conn: Any, _sock: Any = None) -> None:
        """Take in what there is, and let a thread have the request when that is all of it."""
        arriving = self._arriving[conn]
        try:
            self._take_in(conn.sock, arriving)
        except BlockingIOError:
            if not arriving.is_watched:
                arriving.is_watched = True
                self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._receive, conn))
            return
        except OSError:
            self._leave(conn)
            return
        self._no_longer_arriving(conn)
        # In a thread it is read as if it came just now.
        conn.received, conn.data_ready = bytes(arriving.received), True
        conn.is_oversized = arriving.is_oversized
        super().enqueue_req(conn)

    def _take_in(self, sock: socket.socket, arriving: ArrivingRequest) -> None:
        """Raises BlockingIOError: the rest is still on its way; other kinds of OSError: nobody waits for it."""
        while not arriving.is_here:
            received, head_was_here = sock.recv(RECEIVED_AT_ONCE_BYTES), bool(arriving.body_at)
            arriving.add(received)
            self._arriving_bytes += len(received)
            if refusal := arriving.refused_with:
                sock.send(refusal)
            if not received or refusal or self._arriving_bytes > MOST_ARRIVING_BYTES:
                raise ConnectionAbortedError
            if arriving.expects_continue and not head_was_here and not arriving.is_here:
                sock.send(CONTINUE)

    def _leave(self, conn: Any) -> None:
        self._no_longer_arriving(conn)
        self.nr_conns -= 1
        conn.close()

    def _no_longer_arriving(self, conn: Any) -> None:
        arrived = self._arriving.pop(conn)
        self._arriving_bytes -= len(arrived.received)
        if arrived.is_watched:
            self.poller.unregister(conn.sock)

    def handle(self, conn: Any) -> Any:
        try:
            conn.init()
            conn.parser.unreader.unread(conn.received)
            goes_on = super().handle(conn)
        finally:
            self._responses.pop(conn, None)
        if not goes_on:
            _close_gracefully(conn)
        return goes_on

    def handle_request(self, req: Any, conn: Any) -> Any:
        self._responses[conn] = ResponseProgress()
        # Of what was too large the rest is not read: nobody waits for it.
        return super().handle_request(req, conn) and not conn.is_oversized

    def murder_pending(self) -> None:
        """Called about once a second by the loop that accepts connections."""
        super().murder_pending()
        self._end_late_arrivals()
        for conn, response in list(self._responses.items()):
            if _stalls(response, TcpProgress.on(conn.sock)):
                self._end(conn)
        self._make_room()

    def _end_late_arrivals(self) -> None:
        at = time.monotonic()
        for conn, arriving in list(self._arriving.items()):
            is_late = at - arriving.began_at > (BODY_WITHIN_S if arriving.body_at else HEAD_WITHIN_S)
            # Whoever has sent nothing does not keep a process from its end.
            if is_late or not (self.alive or arriving.received):
                self._leave(conn)

    def _make_room(self) -> None:
        """Where nearly every thread waits for a reader, end those connections that have kept theirs longest."""
        waiting = {
            conn: response
            for conn, response in list(self._responses.items())
            if math.isfinite(response.deadline)
        }
        if len(waiting) < self.cfg.threads - SPARE_THREADS:
            return
        for conn, response in waiting.items():
            if response.deadline - time.monotonic() < SENT_WITHIN_S - CROWDED_READING_S:
                self._end(conn)

    def _end(self, conn: Any) -> None:
        """Its thread notices."""
        self._responses.pop(conn, None)
        with contextlib.suppress(OSError):
            conn.sock.shutdown(socket.SHUT_RDWR)


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
