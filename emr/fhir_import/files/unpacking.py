"""Packed files, unpacked as a stream, and no further than an honest sender needs."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from emr.fhir_import.files.ranking import LAST, RANKED_BY_BYTES, rank
from emr.fhir_import.validation.encodings import GZIP, ZIPS
from emr.fhir_import.validation.refusals import BundleRefused

# FHIR packs to a tenth or a fiftieth; a bomb to a thousandth, and that again and again.
MOST_TIMES = 200
# What may be unpacked in any case: one long text packs as well as a bomb does.
ALWAYS_BYTES = 200 * 1024 * 1024
MOST_MEMBERS = 100_000
# How much of a file is looked at to tell what it is.
HEAD_BYTES = 64 * 1024
TAR_AT = 257
# These are unpacked as slowly as they are read; of bzip2 and LZMA a few bytes become gigabytes at once.
UNPACKED_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
METHODS = {zipfile.ZIP_BZIP2: "bzip2", zipfile.ZIP_LZMA: "LZMA"}
Packed = gzip.GzipFile | IO[bytes]
FAULTS_OF_ARCHIVES = (
    zipfile.BadZipFile, zlib.error, EOFError, gzip.BadGzipFile, OSError, RuntimeError, NotImplementedError, ValueError,
)  # fmt: skip


class InputFile(NamedTuple):
    """One file, or a member of an archive, open from its beginning."""

    name: str
    stream: "io.BufferedReader[Any]"

    def head(self) -> bytes:
        """Its beginning, which stays to be read."""
        return self.stream.peek(HEAD_BYTES)[:HEAD_BYTES]


class Refused(NamedTuple):
    """A file that cannot even be opened, and why."""

    name: str
    refusal: BundleRefused


def opened(path: Path) -> Iterator[InputFile | Refused]:
    """What a file holds: itself, what it packs, or the members of an archive, one after the other."""
    try:
        with io.BufferedReader(io.FileIO(path), HEAD_BYTES) as stream:
            beginning = stream.peek(4)[:4]
            if beginning in ZIPS:
                yield from _members(path)
            elif beginning[:2] == GZIP:
                yield _gunzipped(path, stream)
            else:
                yield InputFile(str(path), stream)
    except OSError as fault:
        yield Refused(str(path), BundleRefused("file", f"cannot be read: {fault.strerror or fault}"))


def _gunzipped(path: Path, stream: "io.BufferedReader[Any]") -> InputFile | Refused:
    unpacked = gzip.GzipFile(fileobj=stream)
    most = max(ALWAYS_BYTES, path.stat().st_size * MOST_TIMES)
    return _plain(InputFile(str(path), _bounded(unpacked, _Budget(most))))


def _members(path: Path) -> Iterator[InputFile | Refused]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [each for each in archive.infolist() if not _is_no_file(each)]
            if len(members) > MOST_MEMBERS:
                raise BundleRefused("file", f"holds more than {MOST_MEMBERS} files")
            # One budget for all: a thousand small bombs are a big one.
            budget = _Budget(max(ALWAYS_BYTES, path.stat().st_size * MOST_TIMES))
            unpacked = []
            for member in members:
                if member.compress_type in UNPACKED_METHODS:
                    unpacked.append(member)
                else:
                    yield Refused(f"{path}!{member.filename}", _packed_otherwise(member))
            for member in sorted(unpacked, key=lambda each: _rank_in(archive, each, budget)):
                yield _member(archive, member, f"{path}!{member.filename}", budget)
    except BundleRefused as refusal:
        yield Refused(str(path), refusal)
    except FAULTS_OF_ARCHIVES:
        yield Refused(str(path), BundleRefused("file", "is a broken ZIP archive"))


def _is_no_file(member: zipfile.ZipInfo) -> bool:
    hidden = member.filename.rpartition("/")[2].startswith(".")
    return member.is_dir() or hidden or member.filename.startswith("__MACOSX/")


def _packed_otherwise(member: zipfile.ZipInfo) -> BundleRefused:
    method = METHODS.get(member.compress_type, f"method {member.compress_type}")
    return BundleRefused("file", f"is packed with {method}; pack the archive with Deflate, or not at all")


def _rank_in(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: "_Budget") -> int:
    try:
        with archive.open(member) as stream:
            beginning = stream.read(RANKED_BY_BYTES)
        budget.spend(len(beginning))
        return rank(beginning)
    except FAULTS_OF_ARCHIVES:
        return LAST


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, budget: "_Budget"
) -> InputFile | Refused:
    try:
        return _plain(InputFile(name, _bounded(archive.open(member), budget)))
    except FAULTS_OF_ARCHIVES as fault:
        encrypted = member.flag_bits & 1
        why = "is encrypted" if encrypted else f"cannot be unpacked: {str(fault)[:100] or 'it is broken'}"
        return Refused(name, BundleRefused("file", why))


def _plain(file: InputFile) -> InputFile | Refused:
    """What was unpacked, unless it is packed again."""
    try:
        head = file.head()
    except BundleRefused as refusal:
        return Refused(file.name, refusal)
    if head[:4] in ZIPS or head[:2] == GZIP:
        return Refused(file.name, BundleRefused("file", "is an archive within an archive"))
    if head[TAR_AT : TAR_AT + 5] == b"ustar":
        return Refused(
            file.name, BundleRefused("file", "is a tar archive; send ZIP, or the files themselves")
        )
    return file


class _Budget:
    """How many bytes may still be unpacked."""

    def __init__(self, most: int) -> None:
        self._left = most

    def spend(self, count: int) -> None:
        """Raises BundleRefused: more than an honest file unpacks to."""
        self._left -= count
        if self._left < 0:
            raise BundleRefused("file", f"unpacks to more than {MOST_TIMES} times its size")


def _bounded(inner: Packed, budget: _Budget) -> "io.BufferedReader[Any]":
    return io.BufferedReader(_Bounded(inner, budget), HEAD_BYTES)


class _Bounded(io.RawIOBase):
    """Unpacks as much as is asked for, within the budget; what is broken is refused like any other fault of a file."""

    def __init__(self, inner: Packed, budget: _Budget) -> None:
        self._inner = inner
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            piece = self._inner.read(len(buffer))
        except FAULTS_OF_ARCHIVES as fault:
            raise BundleRefused("file", "cannot be unpacked: it is broken or cut off") from fault
        self._budget.spend(len(piece))
        buffer[: len(piece)] = piece
        return len(piece)
