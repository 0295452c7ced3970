"""What a file turned out to be, once its bytes have been received: exactly one of three things."""

from dataclasses import dataclass, replace
from enum import StrEnum

from archive_gateway.inspection.description import Description
from archive_gateway.store.opening import Store
from archive_gateway.store.receiving import Incoming


class RefusalKind(StrEnum):
    """Why an object is not taken in, as far as its sender can do something about it."""

    UNREADABLE = "unreadable"
    OTHER_THAN_ANNOUNCED = "other than announced"
    OTHER_CONTENT = "other content"
    OTHER_STUDY = "other study"
    OTHER_PERSON = "other person"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file comes from: a path or a sentence, and of a device its name and what it said of the object.

    `default_character_set` is that of texts of which the file does not say how they are written.
    """

    source: str
    default_character_set: str = ""
    calling_ae_title: str = ""
    sop_class_uid: str = ""
    sop_instance_uid: str = ""


@dataclass(frozen=True)
class ParsedInstance:
    """A well-formed object: its bytes, those that are served where they differ, and what it says of itself."""

    origin: Origin
    original: Incoming
    derived_copy: Incoming | None
    description: Description
    metadata: bytes

    @property
    def served(self) -> Incoming:
        return self.derived_copy or self.original

    def refused(self, why: str, kind: RefusalKind = RefusalKind.UNREADABLE) -> "Refused":
        """The same bytes as a file that is not taken in; of the derived copy nothing is kept."""
        if self.derived_copy:
            self.derived_copy.discard()
        return Refused(replace(self.origin, sop_instance_uid=self.sop_instance_uid), why, self.original, kind)

    @property
    def sop_instance_uid(self) -> str:
        return self.description.sop_instance_uid

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

    origin: Origin
    why: str
    original: Incoming | None = None
    kind: RefusalKind = RefusalKind.UNREADABLE

    def discard(self) -> None:
        if self.original:
            self.original.discard()


@dataclass(frozen=True)
class NotDicomFile:
    """Something else that lies in the same folder; nothing of it is kept."""

    origin: Origin
    why: str

    def discard(self) -> None:
        """There is nothing to forget."""


Received = ParsedInstance | Refused | NotDicomFile
