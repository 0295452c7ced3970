"""Carrying contents from one store into another, each verified by its digest on the way and where it lies already."""

import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from archive_gateway.store.areas import Area
from archive_gateway.store.opening import Store
from archive_gateway.store.receiving import receive


@dataclass
class Carried:
    """What became of the contents of a store.

    Attributes:
        contents: all that the target holds of them now, by area and digest.
        copied, bytes: how many were carried now, and how large these are.
        damaged: those that are no longer what their digest says; they were not taken.
        only_here: those that the source has lost since an earlier attempt brought them.
    """

    contents: list[str] = field(default_factory=list)
    copied: int = 0
    bytes: int = 0
    damaged: list[str] = field(default_factory=list)
    only_here: list[str] = field(default_factory=list)


def carry(source: Store, target: Store, *, on_progress: Callable[[int], None]) -> Carried:
    """Carry over what the target does not hold whole: whoever was broken off goes on where it was.

    What an attempt before has left there is read again, since a power cut may have left the name and not the bytes.

    Raises:
        OSError: a store does not answer, or there is no space.
    """
    carried = Carried()
    for number, (area, sha256) in enumerate(contents_of(source), 1):
        if not _holds_whole(target, area, sha256) and not _carry_one(source, target, area, sha256, carried):
            carried.damaged.append(f"{area}/{sha256}")
        else:
            carried.contents.append(f"{area}/{sha256}")
        on_progress(number)
    if carried.contents:
        target.sync()
    return carried


def settle(target: Store, carried: Carried, *, named: Collection[str]) -> None:
    """Of what the target holds and was not carried now, keep what is whole and named; nothing else stays.

    Args:
        named: the SHA-256 of every content that the rows beside the target name.

    Raises:
        OSError: the store does not answer.
    """
    known = set(carried.contents)
    for area, sha256 in list(contents_of(target)):
        content = f"{area}/{sha256}"
        if content in known:
            continue
        if sha256 in named and _holds_whole(target, area, sha256):
            carried.contents.append(content)
            carried.only_here.append(content)
        else:
            target.discard(sha256, area)


def contents_of(store: Store) -> Iterator[tuple[Area, str]]:
    """Everything that a store holds, served or only kept."""
    for area in Area:
        for sha256 in store.contents(area):
            yield area, sha256


def _holds_whole(store: Store, area: Area, sha256: str) -> bool:
    if not store.holds(sha256, area):
        return False
    digest = hashlib.sha256()
    for block in store.blocks(sha256, area):
        digest.update(block)
    return digest.hexdigest() == sha256


def _carry_one(source: Store, target: Store, area: Area, sha256: str, carried: Carried) -> bool:
    received = receive(source.blocks(sha256, area), target.incoming, sync_later=target.sync_later)
    if received.sha256 != sha256:
        received.discard()
        return False
    # What lies there under this name was found not to be whole.
    target.discard(sha256, area)
    target.keep(received.path, sha256, area)
    carried.copied += 1
    carried.bytes += received.size
    return True
