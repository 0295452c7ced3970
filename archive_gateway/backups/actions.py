"""Carrying contents from one store into another, each verified by its digest on the way."""

from collections.abc import Callable, Iterator
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
    """

    contents: list[str] = field(default_factory=list)
    copied: int = 0
    bytes: int = 0
    damaged: list[str] = field(default_factory=list)


def carry(source: Store, target: Store, *, on_progress: Callable[[int], None]) -> Carried:
    """Carry over what the target does not hold yet: whoever was broken off goes on where it was.

    Raises:
        OSError: a store does not answer, or there is no space.
    """
    carried = Carried()
    for number, (area, sha256) in enumerate(_all_of(source), 1):
        if not target.holds(sha256, area) and not _carry_one(source, target, area, sha256, carried):
            carried.damaged.append(f"{area}/{sha256}")
        else:
            carried.contents.append(f"{area}/{sha256}")
        on_progress(number)
    if carried.contents:
        target.sync()
    return carried


def _all_of(store: Store) -> Iterator[tuple[Area, str]]:
    for area in Area:
        for sha256 in store.contents(area):
            yield area, sha256


def _carry_one(source: Store, target: Store, area: Area, sha256: str, carried: Carried) -> bool:
    received = receive(source.blocks(sha256, area), target.incoming, sync_later=target.sync_later)
    if received.sha256 != sha256:
        received.discard()
        return False
    target.keep(received.path, sha256, area)
    carried.copied += 1
    carried.bytes += received.size
    return True
