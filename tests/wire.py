"""What crosses the wire to the database, counted and read on the wire itself: whoever sends it, BEGIN and COMMIT too."""

import contextlib
import re
import select
import socket
import struct
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from foundation.postgres.embedded.address import ServerAddress

# Of PostgreSQL's protocol (https://www.postgresql.org/docs/18/protocol-message-formats.html): what asks for an answer.
SIMPLE_QUERY, EXTENDED_SYNC = b"Q", b"S"
HEAD = struct.Struct("!I")
# A statement ends at a semicolon that stands in no literal and in no quoted name.
STATEMENT = re.compile(r"""(?:E'(?:\\.|''|[^'\\])*'|'(?:''|[^'])*'|"[^"]*"|[^;'"])+""", re.DOTALL)


class Wire:
    """Stands between a client and the server, and keeps the text of every simple query: one round trip each.

    What was prepared stays known, also when the round trips are forgotten.
    """

    def __init__(self, server: ServerAddress) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="wire-")
        name = f".s.PGSQL.{server.port}"
        self._server = str(Path(server.host) / name)
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(Path(self._folder.name) / name))
        self._door.listen()
        self.address = replace(server, host=self._folder.name)
        self.round_trips: list[str] = []
        self.prepared: dict[str, str] = {}
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._door.close()
        self._folder.cleanup()

    def _sent(self, text: str) -> None:
        self.round_trips.append(text)
        for each in statements_in([text]):
            if each.startswith("PREPARE "):
                self.prepared[each.split()[1]] = each

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._server)
            threading.Thread(target=self._carry, args=(client, server), daemon=True).start()

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        reader = _Reader(self._sent)
        # Either side may break off at any moment.
        with client, server, contextlib.suppress(OSError):
            while True:
                ready, _, _ = select.select([client, server], [], [])
                for source in ready:
                    carried = source.recv(65_536)
                    if not carried:
                        return
                    if source is client:
                        reader.read(carried)
                        server.sendall(carried)
                    else:
                        client.sendall(carried)


class _Reader:
    """Takes a client's stream apart into messages."""

    def __init__(self, sent: Callable[[str], None]) -> None:
        self._sent = sent
        self._unread = b""
        self._begun = False

    def read(self, carried: bytes) -> None:
        self._unread += carried
        while True:
            # Only the first message, which says who comes, has no letter before its length.
            at = 1 if self._begun else 0
            if len(self._unread) < at + HEAD.size:
                return
            (length,) = HEAD.unpack_from(self._unread, at)
            if len(self._unread) < at + length:
                return
            kind, body = self._unread[:at], self._unread[at + HEAD.size : at + length]
            self._unread, self._begun = self._unread[at + length :], True
            if kind == SIMPLE_QUERY:
                self._sent(body.rstrip(b"\0").decode())
            elif kind == EXTENDED_SYNC:
                self._sent("")


def statements_in(round_trips: list[str]) -> list[str]:
    """The statements one by one: several may cross the wire together."""
    return [each.strip() for sent in round_trips for each in STATEMENT.findall(sent) if each and each.strip()]
