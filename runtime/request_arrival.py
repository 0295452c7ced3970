"""A request on its way in: its bytes are gathered where no thread waits for them, until a thread can read it through."""

from dataclasses import dataclass, field

# What is larger is refused by the application, and goes to a thread for that as soon as its head is here.
LARGEST_BODY_BYTES = 2 << 20
LONGEST_LENGTH_DIGITS = 15
LONGEST_HEAD_BYTES = 1 << 16
# A longer one is refused by whoever reads it.
LONGEST_CHUNK_LINE_BYTES = 1 << 10
HEAD_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n"
BODY_TOO_LARGE = b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\n\r\n"
END_OF_HEAD = b"\r\n\r\n"
END_OF_LINE = b"\r\n"


@dataclass(slots=True)
class ArrivingRequest:
    """The bytes of one connection that no thread has read yet.

    Attributes:
        began_at: when the first of them came, by the monotonic clock in seconds.
        body_at: where the body begins; 0 while the head is incomplete.
        is_watched: whether the loop is told when there is more.
    """

    began_at: float
    received: bytearray = field(default_factory=bytearray)
    body_at: int = 0
    expects_continue: bool = False
    is_watched: bool = False
    # What its head says of its body: how long it is, or that it comes in chunks, of which the next begins here.
    _length: int = 0
    _next_chunk_at: int = 0
    _told_wrongly: bool = False

    def add(self, received: bytes) -> None:
        searched = max(0, len(self.received) - len(END_OF_HEAD) + 1)
        self.received += received
        if not self.body_at and (end := self.received.find(END_OF_HEAD, searched)) >= 0:
            self.body_at = end + len(END_OF_HEAD)
            self._read_head(bytes(self.received[:end]))

    @property
    def refused_with(self) -> bytes:
        """The answer to what would never be read through, however long one waits; empty where that is not so."""
        if not self.body_at:
            return HEAD_TOO_LARGE if len(self.received) > LONGEST_HEAD_BYTES else b""
        is_endless = self._next_chunk_at and len(self.received) - self.body_at > LARGEST_BODY_BYTES
        return BODY_TOO_LARGE if is_endless else b""

    @property
    def is_here(self) -> bool:
        """Whether nobody has to wait for more of it; also where the application refuses it whatever follows."""
        if not self.body_at:
            return False
        if self._told_wrongly or self.is_oversized:
            return True
        if self._next_chunk_at:
            return self._last_chunk_is_here()
        return len(self.received) - self.body_at >= self._length

    @property
    def is_oversized(self) -> bool:
        """Whether its head announces more than the application takes: nobody waits for that."""
        return self._length > LARGEST_BODY_BYTES

    def _read_head(self, head: bytes) -> None:
        # The first line is no field.
        fields = [line.partition(b":") for line in head.split(END_OF_LINE)[1:]]
        values: dict[bytes, bytes] = {}
        for name, _, value in fields:
            self._told_wrongly |= name.lower() == b"content-length" and b"content-length" in values
            values[name.lower()] = value.strip()
        length = values.get(b"content-length", b"0")
        self._told_wrongly |= not length.isdigit() or len(length) > LONGEST_LENGTH_DIGITS
        self._length = 0 if self._told_wrongly else int(length)
        self._told_wrongly |= values.keys() >= {b"content-length", b"transfer-encoding"}
        self._next_chunk_at = self.body_at if b"transfer-encoding" in values else 0
        self.expects_continue = b"expect" in values

    def _last_chunk_is_here(self) -> bool:
        """RFC 9112, 7.1: a chunk's length stands before it in hexadecimal digits; after one of length 0 fields may follow."""
        while (end := self.received.find(END_OF_LINE, self._next_chunk_at)) >= 0:
            try:
                size = int(self.received[self._next_chunk_at : end].partition(b";")[0], 16)
            except ValueError:
                return True
            if size <= 0:
                return self.received.find(END_OF_HEAD, end) >= 0
            following = end + size + 2 * len(END_OF_LINE)
            if following > len(self.received):
                return False
            self._next_chunk_at = following
        return len(self.received) - self._next_chunk_at > LONGEST_CHUNK_LINE_BYTES
