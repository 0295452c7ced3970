"""Whether an answer moves: what the kernel knows of a connection whose answer is under way."""

import socket
import struct
from dataclasses import dataclass
from typing import Self

# linux/tcp.h, struct tcp_info: packets not confirmed yet, bytes confirmed, bytes not sent yet.
UNCONFIRMED_AT, CONFIRMED_AT, UNSENT_AT = 24, 120, 144
LEAST_BYTES = 148


@dataclass(frozen=True, slots=True)
class TcpProgress:
    """How far an answer has come.

    Attributes:
        acknowledged_bytes: what the reader's side has confirmed since the connection began.
        waiting: something is written that the reader's side has not confirmed.
    """

    acknowledged_bytes: int
    waiting: bool

    @classmethod
    def on(cls, connection: socket.socket) -> Self | None:
        """None where the kernel does not tell: no TCP, no Linux, or the connection is gone."""
        option = getattr(socket, "TCP_INFO", None)
        if option is None:
            return None
        try:
            information = connection.getsockopt(socket.IPPROTO_TCP, option, 256)
        except OSError:
            return None
        if len(information) < LEAST_BYTES:
            return None
        unconfirmed, unsent = (
            struct.unpack_from("=I", information, at)[0] for at in (UNCONFIRMED_AT, UNSENT_AT)
        )
        return cls(
            struct.unpack_from("=Q", information, CONFIRMED_AT)[0], waiting=bool(unconfirmed or unsent)
        )
