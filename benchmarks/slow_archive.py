"""An archive behind ours that never comes to an end: a byte a second to each that asks."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BYTE_EVERY_S = 1.0
PROMISED_BYTES = 1_000_000


@contextlib.contextmanager
def slow_archive() -> Iterator[str]:
    """Its address, for the duration of the block."""
    ended = threading.Event()

    class Dripping(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/dicom+json")
            self.send_header("Content-Length", str(PROMISED_BYTES))
            self.end_headers()
            with contextlib.suppress(OSError):
                while not ended.wait(BYTE_EVERY_S):
                    self.wfile.write(b"[")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Dripping)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        ended.set()
        server.shutdown()
        server.server_close()
