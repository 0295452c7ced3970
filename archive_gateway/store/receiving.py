"""Bytes on their way in: copied under a temporary name, hashed while they pass, synced before anybody is told."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive_gateway.store.areas import BLOCK_BYTES


@dataclass(frozen=True)
class Incoming:
    """A synced file under a temporary name."""

    path: Path
    sha256: str
    size: int

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)


def receive(blocks: Iterable[bytes], folder: Path, *, sync_later: bool = False) -> Incoming:
    """Write the blocks into a new file of the folder. Raises OSError: no space, no right."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder, prefix="incoming-")
    digest, size = hashlib.sha256(), 0
    try:
        with os.fdopen(descriptor, "wb") as file:
            for block in blocks:
                digest.update(block)
                size += file.write(block)
            file.flush()
            if not sync_later:
                os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Incoming(Path(name), digest.hexdigest(), size)


def adopt_written_file(path: Path) -> Incoming:
    """The same for a file that somebody else wrote into place: hashed and synced where it lies."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in blocks_of(file):
            digest.update(block)
        os.fsync(file.fileno())
    return Incoming(path, digest.hexdigest(), path.stat().st_size)


def blocks_of(file: BinaryIO) -> Iterator[bytes]:
    """A file, block by block."""
    while block := file.read(BLOCK_BYTES):
        yield block
