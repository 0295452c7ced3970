"""A server that says it is an older PostgreSQL, as far as a client that only begins to speak to it can tell."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# PostgreSQL's protocol 3.0: the length of the first message holds itself.
SSL_ASKED = 80877103
AUTHENTICATED = b"R" + struct.pack("!ii", 8, 0)
READY = b"Z" + struct.pack("!i", 5) + b"I"


class _Older(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        while True:
            length, code = struct.unpack("!ii", self.request.recv(8))
            self.request.recv(length - 8)
            if code != SSL_ASKED:
                break
            self.request.sendall(b"N")
        told = b"".join(_status(name, value) for name, value in self.server.parameters.items())  # type: ignore[attr-defined]
        self.request.sendall(AUTHENTICATED + told + READY)
        self.request.recv(1)


def _status(name: str, value: str) -> bytes:
    body = f"{name}\0{value}\0".encode()
    return b"S" + struct.pack("!i", 4 + len(body)) + body


@contextmanager
def older_server(version: str) -> Iterator[str]:
    """The address of a server of this version, such as 15.8."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Older) as server:
        server.daemon_threads = True
        server.parameters = {"server_version": version, "client_encoding": "UTF8", "DateStyle": "ISO, MDY"}  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"postgresql://admin:admin@127.0.0.1:{server.server_address[1]}/health?sslmode=disable"
        server.shutdown()
