"""A store in a folder: temporary name, fsync, rename, fsync of the folder; read by offset."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from archive_gateway.dicom.rules.frames import Span
from archive_gateway.store.areas import BLOCK_BYTES, Area, digest_at, path_of
from archive_gateway.store.receiving import blocks_of
from archive_gateway.store.syncing import sync_file_system
from foundation.errors import UpstreamDown


class FolderStore:
    """Contents in a folder.

    Args:
        sync_later: nothing is synced as it comes in; whoever asks for this calls `sync` before anybody is told.
    """

    def __init__(self, root: Path, *, sync_later: bool = False) -> None:
        self._root = root
        self.sync_later = sync_later

    @property
    def incoming(self) -> Path:
        """Where files wait: on the same file system, so that the last step is a rename."""
        return self._root / "incoming"

    def holds(self, sha256: str, area: Area = Area.OBJECTS) -> bool:
        return (self._root / path_of(sha256, area)).is_file()

    def keep(self, waiting: Path, sha256: str, area: Area = Area.OBJECTS) -> None:
        """Take over a file that is synced; when this returns, the content survives a power cut (or will once `sync` has)."""
        kept = self._root / path_of(sha256, area)
        # A power cut before `sync` leaves names of files that are empty.
        if kept.is_file() and kept.stat().st_size == waiting.stat().st_size:
            waiting.unlink()
            return
        if self.sync_later:
            kept.parent.mkdir(parents=True, exist_ok=True)
            waiting.replace(kept)
            return
        _make_folders(kept.parent, down_from=self._root)
        waiting.replace(kept)
        _sync_folder(kept.parent)

    def discard(self, sha256: str, area: Area) -> None:
        """Forget a content; nothing happens where it is not here. Raises OSError."""
        (self._root / path_of(sha256, area)).unlink(missing_ok=True)

    def contents(self, area: Area) -> Iterator[str]:
        """The digest of everything that is kept in an area."""
        for file in (self._root / area).glob("??/??/*"):
            if (sha256 := digest_at(file.as_posix(), area)) and file.is_file():
                yield sha256

    def blocks(self, sha256: str, area: Area) -> Iterator[bytes]:
        """All of a content, block by block. Raises OSError."""
        with (self._root / path_of(sha256, area)).open("rb") as file:
            yield from blocks_of(file)

    def sync(self) -> None:
        """Everything that is kept here survives a power cut from now on."""
        sync_file_system(self._root)

    def read(self, sha256: str, spans: Sequence[Span]) -> bytes:
        """These bytes of a content, in this order. Raises UpstreamDown."""
        return b"".join(self.stream(sha256, spans))

    def stream(self, sha256: str, spans: Sequence[Span]) -> Iterator[bytes]:
        """The same, block by block. Raises UpstreamDown when the store has lost the content."""
        try:
            descriptor = os.open(self._root / path_of(sha256, Area.OBJECTS), os.O_RDONLY)
        except OSError as fault:
            raise UpstreamDown("The image store is not answering.") from fault
        try:
            for span in spans:
                at = span.offset
                while at < span.end:
                    block = os.pread(descriptor, min(BLOCK_BYTES, span.end - at), at)
                    if not block:
                        raise UpstreamDown("The image store is not answering.")
                    yield block
                    at += len(block)
        finally:
            os.close(descriptor)


def _make_folders(folder: Path, *, down_from: Path) -> None:
    if folder.is_dir():
        return
    if folder != down_from:
        _make_folders(folder.parent, down_from=down_from)
    folder.mkdir(parents=True, exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
