"""Whether an answer moves: what the kernel knows of a connection whose answer is under way."""

import socket
import struct
from dataclasses import dataclass
from typing import Self

# linux/tcp.h, struct tcp_info: packets not confirmed yet, bytes confirmed, bytes not sent yet.
UNCONFIRMED_AT, CONFIRMED_AT, UNSENT_AT = 24, 120, 144
ENOUGH_OF_IT = 148


@dataclass(frozen=True, slots=True)
class Sending:
    """How far an answer has come.

    Attributes:
        taken_bytes: what the reader's side has confirmed since the connection began.
        waiting: something is written that the reader's side has not confirmed.
    """

    taken_bytes: int
    waiting: bool

    @classmethod
    def on(cls, connection: socket.socket) -> Self | None:
        """None where the kernel does not tell: no TCP, no Linux, or the connection is gone."""
        wanted = getattr(socket, "TCP_INFO", None)
        if wanted is None:
            return None
        try:
            told = connection.getsockopt(socket.IPPROTO_TCP, wanted, 256)
        except OSError:
            return None
        if len(told) < ENOUGH_OF_IT:
            return None
        unconfirmed, unsent = (struct.unpack_from("=I", told, at)[0] for at in (UNCONFIRMED_AT, UNSENT_AT))
        return cls(struct.unpack_from("=Q", told, CONFIRMED_AT)[0], waiting=bool(unconfirmed or unsent))
