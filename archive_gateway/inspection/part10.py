"""From whatever lies on the disk to one well-formed Part 10 file. DICOM PS3.10 section 7.

Most files are served as they came. Three kinds get a derived copy, and the original is kept beside it: deflated
files, in which no frame can be addressed, big endian files, whose encoding is retired and which nobody gets who does
not name it (PS3.18 section 8.7.3), and files without the DICM prefix, which some devices still write.
"""

import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filereader import read_dataset
from pydicom.filewriter import write_file_meta_info
from pydicom.uid import UID

from archive_gateway.dicom.rules.refusals import FileRefused, NotDicom
from archive_gateway.dicom.rules.transfer_syntax import (
    DEFLATED_LITTLE_ENDIAN,
    EXPLICIT_BIG_ENDIAN,
    EXPLICIT_LITTLE_ENDIAN,
    IMPLICIT_LITTLE_ENDIAN,
)
from archive_gateway.dicom.rules.uids import is_uid
from archive_gateway.inspection.limits import (
    ALWAYS_INFLATED_BYTES,
    DEFERRED_BYTES,
    MOST_INFLATED_BYTES,
    MOST_INFLATION,
    MOST_TURNED_BYTES,
)
from archive_gateway.inspection.turning import turned

PREFIX_AT, PREFIX = 128, b"DICM"
BLOCK_BYTES = 1 << 16
_META_GROUP = 0x0002
_DIRECTORY = "1.2.840.10008.1.3.10"
_MAKER = UID("1.2.826.0.1.3680043.8.498.1")


@dataclass(frozen=True)
class Part10:
    """A file that can be read and served. `transfer_syntax_uid` is what the sender used."""

    path: Path
    transfer_syntax_uid: str
    # Where the data set begins in the file that was sent: what stands before it, every sender writes anew.
    data_set_offset: int
    derived: bool
    served_transfer_syntax_uid: str


def well_formed(path: Path, derived: Path) -> Part10:
    """The file itself, or its derived copy written to `derived`.

    Raises:
        NotDicom: nothing in it looks like DICOM, or it is only a directory of other files.
        FileRefused: its header is broken.
    """
    with path.open("rb") as file:
        prefixed = file.read(PREFIX_AT + len(PREFIX))[PREFIX_AT:] == PREFIX
        file.seek(PREFIX_AT + len(PREFIX) if prefixed else 0)
        if not prefixed:
            _require_plausible_start(file)
        meta = _meta(file) if prefixed or _group_at(file) == _META_GROUP else _guessed_meta(path)
        if str(meta.get("MediaStorageSOPClassUID", "")) == _DIRECTORY:
            raise NotDicom("It is a DICOMDIR, a table of contents of other files.")
        syntax, begins = str(meta.get("TransferSyntaxUID", "")), file.tell()
        if not is_uid(syntax):
            raise FileRefused("The file does not say how it is encoded: it has no transfer syntax.")
        data_set = _rewritten(file, syntax)
        if prefixed and data_set is None:
            return Part10(path, syntax, begins, derived=False, served_transfer_syntax_uid=syntax)
        served = syntax if data_set is None else EXPLICIT_LITTLE_ENDIAN
        meta.TransferSyntaxUID = UID(served)
        with derived.open("wb") as copy:
            copy.write(head_of(meta))
            copy.writelines(_blocks(file) if data_set is None else data_set)
    return Part10(derived, syntax, begins, derived=True, served_transfer_syntax_uid=served)


def _rewritten(file: BinaryIO, syntax: str) -> Iterable[bytes] | None:
    """The data set at which the file stands, in the explicit little endian that everybody reads; None where it is
    served as it came.
    """
    if syntax == DEFLATED_LITTLE_ENDIAN:
        return _inflated(file)
    if syntax == EXPLICIT_BIG_ENDIAN and os.fstat(file.fileno()).st_size <= MOST_TURNED_BYTES:
        return turned(file)
    return None


def _require_plausible_start(file: BinaryIO) -> None:
    """Without the prefix only the first element can tell: group 0002 or 0008, in either byte order."""
    start = file.read(8)
    file.seek(0)
    if len(start) < 8:
        raise NotDicom("It is empty or too short." if start else "It is empty.")
    little, big = struct.unpack("<H", start[:2])[0], struct.unpack(">H", start[:2])[0]
    if little not in {_META_GROUP, 0x0008} and big != 0x0008:
        raise NotDicom("It is not a DICOM file.")


def _group_at(file: BinaryIO) -> int:
    at = file.tell()
    start = file.read(2)
    file.seek(at)
    return int(struct.unpack("<H", start)[0]) if len(start) == 2 else 0


def _meta(file: BinaryIO) -> Dataset:
    """The file meta group; leaves the file at the first element after it."""
    return read_dataset(
        file,
        is_implicit_VR=False,
        is_little_endian=True,
        stop_when=lambda tag, _vr, _length: tag.group != _META_GROUP,
        defer_size=DEFERRED_BYTES,
    )


def _guessed_meta(path: Path) -> Dataset:
    """What a bare data set would have said in its meta group. Its encoding is told by its first element."""
    bare = dcmread(path, force=True, specific_tags=["SOPClassUID", "SOPInstanceUID"], stop_before_pixels=True)
    if not (bare.get("SOPClassUID") and bare.get("SOPInstanceUID")):
        raise NotDicom("It has no DICM prefix and no identifiers: it is not a DICOM file.")
    implicit, little = bare.original_encoding
    meta = Dataset()
    meta.MediaStorageSOPClassUID = bare.SOPClassUID
    meta.MediaStorageSOPInstanceUID = bare.SOPInstanceUID
    explicit = EXPLICIT_LITTLE_ENDIAN if little else EXPLICIT_BIG_ENDIAN
    meta.TransferSyntaxUID = UID(IMPLICIT_LITTLE_ENDIAN if implicit else explicit)
    return meta


def head_of(meta: Dataset) -> bytes:
    """An empty preamble, the prefix, and the meta group."""
    own = FileMetaDataset()
    for keyword in ("MediaStorageSOPClassUID", "MediaStorageSOPInstanceUID", "TransferSyntaxUID"):
        if keyword in meta:
            setattr(own, keyword, UID(str(meta.get(keyword))))
    own.FileMetaInformationVersion = b"\x00\x01"
    own.ImplementationClassUID = _MAKER
    buffer = DicomBytesIO()
    write_file_meta_info(buffer, own, enforce_standard=False)
    return bytes(PREFIX_AT) + PREFIX + buffer.getvalue()


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(BLOCK_BYTES):
        yield block


def _inflated(file: BinaryIO) -> Iterator[bytes]:
    """The data set of a deflated file, block by block, never more than the limits in all. PS3.5 annex A.5."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    size = os.fstat(file.fileno()).st_size
    most = min(MOST_INFLATED_BYTES, max(ALWAYS_INFLATED_BYTES, size * MOST_INFLATION))
    total = 0
    pending: bytes = file.read(BLOCK_BYTES)
    while pending and not inflater.eof:
        block = inflater.decompress(pending, BLOCK_BYTES)
        total += len(block)
        if total > most:
            raise FileRefused("Inflated, the file would be larger than the archive takes.")
        yield block
        pending = inflater.unconsumed_tail or file.read(BLOCK_BYTES)
    if not inflater.eof:
        raise FileRefused("The deflated file is cut short.")
