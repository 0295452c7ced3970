"""A file comes in: its bytes are received and durable, a confined child says what they are. No database here.

`ingest` is the first half of storing; `archive_gateway.ingestion.actions.storing.store_received` is the second.
"""

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from archive_gateway.dicom.rules.refusals import FileRefused, NotDicom
from archive_gateway.ingestion.received import NotDicomFile, ParsedInstance, Received, Refused
from archive_gateway.inspection.limits import MOST_FILE_BYTES
from archive_gateway.inspection.parser_process import ParserPool
from archive_gateway.store.opening import Store, open_store
from archive_gateway.store.receiving import Incoming, adopt_written_file, blocks_of, receive
from foundation.settings import Settings


class Ingestor:
    """The store, and a few children that read for it. One is enough for a command; a listener takes more."""

    def __init__(self, store: Store, *, parsers: int = 1) -> None:
        self.store = store
        self._parsers = ParserPool(parsers)

    @classmethod
    def at(cls, settings: Settings, *, parsers: int = 1, sync_later: bool = False) -> "Ingestor":
        """The ingestion into the store that the settings name."""
        store = open_store(settings.image_store_url, settings.data_dir, sync_later=sync_later)
        return cls(store, parsers=parsers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._parsers.close()

    def ingest(self, path: Path) -> Received:
        """Copy a file and find out what it is. Raises OSError where our own side has no space or no right."""
        # Names of files are bytes; the index and the closing line hold text.
        source = os.fsencode(path).decode("utf-8", "replace")
        try:
            # Not waiting for somebody to write into a pipe.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError as fault:
            return Refused(source, f"It cannot be opened: {fault.strerror}.")
        with os.fdopen(descriptor, "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                return NotDicomFile(source, "It is no ordinary file.")
            if about.st_size > MOST_FILE_BYTES:
                return Refused(source, "It is larger than the archive takes.")
            original = self._receive(blocks_of(file))
        return self._parsed(source, original)

    def ingest_blocks(self, blocks: Iterable[bytes], *, source: str) -> Received:
        """The same for bytes that come over a wire."""
        return self._parsed(source, self._receive(blocks))

    def _receive(self, blocks: Iterable[bytes]) -> Incoming:
        return receive(blocks, self.store.incoming, sync_later=self.store.sync_later)

    def _parsed(self, source: str, original: Incoming) -> Received:
        with self._parsers.one() as parser:
            derived = parser.derived_copy_path(self.store.incoming)
            try:
                description, metadata = parser.parse(original.path, derived)
                derived_copy = _moved(derived, beside=original) if description.derived else None
            except NotDicom as verdict:
                original.discard()
                return NotDicomFile(source, str(verdict))
            except FileRefused as verdict:
                return Refused(source, str(verdict), original)
            finally:
                derived.unlink(missing_ok=True)
        return ParsedInstance(
            source,
            original,
            adopt_written_file(derived_copy) if derived_copy else None,
            description,
            metadata,
        )


def _moved(derived: Path, *, beside: Incoming) -> Path:
    """The derived copy under a name of its own: the next one takes its place."""
    return derived.rename(beside.path.with_name(beside.path.name + ".derived"))
