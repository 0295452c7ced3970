"""A file comes in: its bytes are received and durable, a confined child says what they are. No database here.

`ingest` is the first half of storing; `archive_gateway.ingestion.filing.file_received` is the second.
"""

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from archive_gateway.dicom.rules.frames import Span
from archive_gateway.dicom.rules.refusals import FileRefused, NotDicom
from archive_gateway.ingestion.quota import Quota
from archive_gateway.ingestion.received import (
    NotDicomFile,
    Origin,
    ParsedInstance,
    Received,
    RefusalKind,
    Refused,
)
from archive_gateway.inspection.limits import MOST_FILE_BYTES
from archive_gateway.inspection.parser_process import ParserPool
from archive_gateway.rendering.renderer import Renderer
from archive_gateway.store.opening import Store, open_store
from archive_gateway.store.receiving import Incoming, adopt_written_file, blocks_of, receive
from archive_gateway.store.waiting import WaitingFolder
from foundation.settings import Settings

OTHER_THAN_ANNOUNCED = "It is another object, or of another kind, than was announced."


class Ingestor:
    """The store, and a few children that read for it. One is enough for a command; a listener takes more."""

    def __init__(self, store: Store, *, parsers: int = 1, quota: Quota = Quota()) -> None:  # noqa: B008 (frozen)
        self.store = store
        self.quota = quota
        self._waiting = WaitingFolder(store.incoming)
        # For the frames of two objects under one number; none is begun before.
        self.renderer = Renderer()
        self._parsers = ParserPool(parsers)

    @classmethod
    def at(cls, settings: Settings, *, parsers: int = 1, sync_later: bool = False) -> "Ingestor":
        """The ingestion into the store that the settings name."""
        store = open_store(settings.image_store_url, settings.data_dir, sync_later=sync_later)
        return cls(store, parsers=parsers, quota=Quota(bytes=settings.quarantine_megabytes * 1_000_000))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._parsers.close()
        self.renderer.close()
        self._waiting.close()

    def ingest(self, path: Path) -> Received:
        """Copy a file and find out what it is. Raises OSError where our own side has no space or no right."""
        # Names of files are bytes; the index and the closing line hold text.
        origin = Origin(os.fsencode(path).decode("utf-8", "replace"))
        try:
            # Not waiting for somebody to write into a pipe.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError as fault:
            return Refused(origin, f"It cannot be opened: {fault.strerror}.")
        with os.fdopen(descriptor, "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                return NotDicomFile(origin, "It is no ordinary file.")
            if about.st_size > MOST_FILE_BYTES:
                return Refused(origin, "It is larger than the archive takes.")
            original = self._receive(blocks_of(file))
        return self._parsed(origin, original)

    def ingest_blocks(self, blocks: Iterable[bytes], *, origin: Origin) -> Received:
        """The same for bytes that lie nowhere yet."""
        return self._parsed(origin, self._receive(blocks))

    def ingest_announced(self, blocks: Iterable[bytes], *, origin: Origin) -> Received:
        """The same for bytes that a device sends, which must be the object that it has announced."""
        return _as_announced(self.ingest_blocks(blocks, origin=origin))

    def waiting_again(self, original: Incoming) -> Incoming:
        """A file whose bytes the store may have taken over before its transaction failed. Raises OSError, UpstreamDown."""
        if original.path.exists():
            return original
        return self._receive(self.store.stream(original.sha256, [Span(0, original.size)]))

    def _receive(self, blocks: Iterable[bytes]) -> Incoming:
        return receive(blocks, self._waiting.path, sync_later=self.store.sync_later)

    def _parsed(self, origin: Origin, original: Incoming) -> Received:
        with self._parsers.one() as parser:
            derived = parser.derived_copy_path(self._waiting.path)
            try:
                description, metadata = parser.parse(
                    original.path, derived, character_set=origin.default_character_set
                )
                derived_copy = _moved(derived, beside=original) if description.derived else None
            except NotDicom as verdict:
                original.discard()
                return NotDicomFile(origin, str(verdict))
            except FileRefused as verdict:
                return Refused(origin, str(verdict), original)
            finally:
                derived.unlink(missing_ok=True)
        return ParsedInstance(
            origin,
            original,
            adopt_written_file(derived_copy) if derived_copy else None,
            description,
            metadata,
        )


def _as_announced(received: Received) -> Received:
    """Refuse an object that is another, or of another kind, than the device announced (DICOM PS3.4 B.2.3)."""
    if not isinstance(received, ParsedInstance):
        return received
    announced, about = received.origin, received.description
    if (announced.sop_class_uid, announced.sop_instance_uid) == (about.sop_class_uid, about.sop_instance_uid):
        return received
    return received.refused(OTHER_THAN_ANNOUNCED, RefusalKind.OTHER_THAN_ANNOUNCED)


def _moved(derived: Path, *, beside: Incoming) -> Path:
    """The derived copy under a name of its own: the next one takes its place."""
    return derived.rename(beside.path.with_name(beside.path.name + ".derived"))
