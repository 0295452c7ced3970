"""What a file turned out to be, once its bytes have been received: exactly one of three things."""

from dataclasses import dataclass

from archive_gateway.inspection.description import Description
from archive_gateway.store.opening import Store
from archive_gateway.store.receiving import Incoming


@dataclass(frozen=True)
class ParsedInstance:
    """A well-formed object: its bytes, those that are served where they differ, and what it says of itself."""

    source: str
    original: Incoming
    derived_copy: Incoming | None
    description: Description
    metadata: bytes

    @property
    def served(self) -> Incoming:
        return self.derived_copy or self.original

    def put_into(self, store: Store) -> None:
        """Hand the bytes over. Raises OSError when the store cannot take them."""
        for incoming in (self.original, self.derived_copy):
            if incoming:
                store.keep(incoming.path, incoming.sha256)

    def discard(self) -> None:
        """Forget the waiting files: what is to be kept has been taken over by the store."""
        self.original.discard()
        self.served.discard()


@dataclass(frozen=True)
class Refused:
    """A file that cannot be trusted; where it could be read at all, its bytes are kept apart."""

    source: str
    why: str
    original: Incoming | None = None

    def discard(self) -> None:
        if self.original:
            self.original.discard()


@dataclass(frozen=True)
class NotDicomFile:
    """Something else that lies in the same folder; nothing of it is kept."""

    source: str
    why: str

    def discard(self) -> None:
        """There is nothing to forget."""


Received = ParsedInstance | Refused | NotDicomFile
