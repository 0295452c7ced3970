"""A store behind any fsspec address, such as s3://bucket/images: one put is one whole object or none."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from fsspec import AbstractFileSystem

from archive_gateway.dicom.rules.frames import Span
from archive_gateway.store.areas import BLOCK_BYTES, Area, digest_at, path_of
from foundation.errors import UpstreamDown


class RemoteStore:
    def __init__(self, file_system: AbstractFileSystem, root: str, *, incoming: Path) -> None:
        self._file_system = file_system
        self._root = root.rstrip("/")
        self.incoming = incoming

    # A put is durable once it is confirmed.
    sync_later = False

    def sync(self) -> None:
        """There is nothing to wait for."""

    def holds(self, sha256: str, area: Area = Area.OBJECTS) -> bool:
        with _one_family_of_faults():
            return bool(self._file_system.exists(self._address(sha256, area)))

    def keep(self, waiting: Path, sha256: str, area: Area = Area.OBJECTS) -> None:
        """Send a file; when this returns, the store has confirmed all of it. Raises OSError."""
        address, size = self._address(sha256, area), waiting.stat().st_size
        with _one_family_of_faults():
            if not self._held(address, size):
                self._file_system.makedirs(address.rsplit("/", 1)[0], exist_ok=True)
                self._file_system.put_file(str(waiting), address)
                if not self._held(address, size):
                    raise OSError("the image store did not confirm what it was sent")
        waiting.unlink()

    def discard(self, sha256: str, area: Area) -> None:
        """Forget a content; nothing happens where it is not here. Raises OSError."""
        with _one_family_of_faults():
            self._file_system.invalidate_cache()
            if self._file_system.exists(self._address(sha256, area)):
                self._file_system.rm_file(self._address(sha256, area))

    def contents(self, area: Area) -> Iterator[str]:
        """The digest of everything that is kept in an area. Raises OSError."""
        with _one_family_of_faults():
            found = self._file_system.find(f"{self._root}/{area}")
        for address in found:
            if sha256 := digest_at(address, area):
                yield sha256

    def blocks(self, sha256: str, area: Area) -> Iterator[bytes]:
        """All of a content, block by block. Raises OSError."""
        with _one_family_of_faults():
            file = self._file_system.open(self._address(sha256, area), "rb")
        with file:
            while True:
                with _one_family_of_faults():
                    block = file.read(BLOCK_BYTES)
                if not block:
                    return
                yield block

    def read(self, sha256: str, spans: Sequence[Span]) -> bytes:
        """These bytes of a content, in this order. Raises UpstreamDown."""
        return b"".join(self.stream(sha256, spans))

    def stream(self, sha256: str, spans: Sequence[Span]) -> Iterator[bytes]:
        """The same, block by block. Raises UpstreamDown."""
        address = self._address(sha256, Area.OBJECTS)
        for span in spans:
            for at in range(span.offset, span.end, BLOCK_BYTES):
                wanted = min(BLOCK_BYTES, span.end - at)
                try:
                    with _one_family_of_faults():
                        block = self._file_system.cat_file(address, start=at, end=at + wanted)
                except OSError as fault:
                    raise UpstreamDown("The image store is not answering.") from fault
                if len(block) != wanted:
                    raise UpstreamDown("The image store is not answering.")
                yield block

    def _held(self, address: str, size: int) -> bool:
        self._file_system.invalidate_cache()
        return bool(self._file_system.exists(address) and self._file_system.info(address).get("size") == size)

    def _address(self, sha256: str, area: Area) -> str:
        return f"{self._root}/{path_of(sha256, area)}"


@contextlib.contextmanager
def _one_family_of_faults() -> Iterator[None]:
    """Whatever befalls a call of the file system, as the OSError that our callers foresee."""
    try:
        yield
    except OSError:
        raise
    except Exception as fault:
        # Each of fsspec's file systems lets through a family of its own: a bucket that is away says it in botocore's.
        raise OSError("the image store is not answering") from fault
