"""What a file turned out to be, once its bytes have been received: exactly one of three things."""

from dataclasses import dataclass

from archive_gateway.inspection.description import Description
from archive_gateway.store.opening import Store
from archive_gateway.store.receiving import Incoming


@dataclass(frozen=True)
class Described:
    """A well-formed object: its bytes, those that are served where they differ, and what it says of itself."""

    source: str
    original: Incoming
    twin: Incoming | None
    description: Description
    metadata: bytes

    @property
    def served(self) -> Incoming:
        return self.twin or self.original

    def keep_in(self, store: Store) -> None:
        """Hand the bytes over. Raises OSError when the store cannot take them."""
        for incoming in (self.original, self.twin):
            if incoming:
                store.keep(incoming.path, incoming.sha256)

    def drop(self) -> None:
        """Forget the waiting files: what is to be kept has been taken over by the store."""
        self.original.drop()
        self.served.drop()


@dataclass(frozen=True)
class Refused:
    """A file that cannot be trusted; where it could be read at all, its bytes are kept apart."""

    source: str
    why: str
    original: Incoming | None = None

    def drop(self) -> None:
        if self.original:
            self.original.drop()


@dataclass(frozen=True)
class NotDicomFile:
    """Something else that lies in the same folder; nothing of it is kept."""

    source: str
    why: str

    def drop(self) -> None:
        """There is nothing to forget."""


Received = Described | Refused | NotDicomFile
