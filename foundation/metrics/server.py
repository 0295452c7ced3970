"""Tells the figures to whoever asks on this machine, and to nobody else."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from foundation.metrics.exposition import CONTENT_TYPE

LOOPBACK = "127.0.0.1"
ADDRESS = "/metrics"
READS_WITHIN_S = 5
# The worker's connections deliver messages: however many look at the figures, one of them asks, and not more often.
KEPT_FOR_S = 5.0
# Collectors ask a few at a time; whoever opens more keeps the others from asking and the worker from its threads.
AT_ONCE = 32
GIVES_WAY_WITHIN_S = 1.0


class ToldOnce:
    """Figures that are asked for by one at a time, and kept for a moment for whoever else looks.

    Args:
        tell: asks for them anew.
        clock: seconds of a clock that never goes back.
    """

    def __init__(self, tell: Callable[[], str], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._tell, self._clock = tell, clock
        self._lock = threading.Lock()
        self._told, self._until = "", -1.0

    def __call__(self) -> str:
        with self._lock:
            if self._clock() >= self._until:
                self._told = self._tell()
                self._until = self._clock() + KEPT_FOR_S
            return self._told


@contextmanager
def serving(port: int, tell: Callable[[], str]) -> Iterator[None]:
    """Answer on loopback for the duration of the block; nothing at all where the port is 0.

    Raises:
        OSError: the port is taken.
    """
    if not port:
        yield
        return
    with _Server((LOOPBACK, port), _handler(ToldOnce(tell))) as server:
        threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()


class _Server(ThreadingHTTPServer):
    """A thread for each connection, of a bounded number: of more than that the oldest gives way."""

    daemon_threads = True

    def __init__(self, *words: Any) -> None:
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._held: list[socket.socket] = []
        super().__init__(*words)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._find_place():
            self.shutdown_request(request)
            return
        self._held.append(request)
        try:
            super().process_request(request, client_address)
        except RuntimeError:
            self._leave(request)
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._leave(request)

    def handle_error(self, *_words: object) -> None:
        """Somebody went away in the middle of an answer, or had to; that is no news."""

    def _find_place(self) -> bool:
        if self._places.acquire(blocking=False):
            return True
        for oldest in self._held[:1]:
            with suppress(OSError):
                oldest.shutdown(socket.SHUT_RDWR)
        return self._places.acquire(timeout=GIVES_WAY_WITHIN_S)

    def _leave(self, request: socket.socket) -> None:
        self._held.remove(request)
        self._places.release()


def _handler(tell: Callable[[], str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = READS_WITHIN_S

        def do_GET(self) -> None:
            if self.path != ADDRESS:
                self.send_response_only(HTTPStatus.NOT_FOUND)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = tell().encode()
            self.send_response_only(HTTPStatus.OK)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            """Somebody asks every few seconds; that is no news."""

    return Handler
