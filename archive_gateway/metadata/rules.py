"""A long JSON array whose members are texts already: cut into portions, so that nobody has to hold it whole."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID


def portions(sizes: Iterable[tuple[UUID, int]], *, most_bytes: int) -> list[list[UUID]]:
    """The members in their order, in runs of at most so many bytes; a member above that is a run of its own."""
    runs: list[list[UUID]] = []
    room = 0
    for member, size in sizes:
        if not runs or size > room:
            runs.append([])
            room = most_bytes
        runs[-1].append(member)
        room -= size
    return runs


def length_of(sizes: Sequence[int]) -> int:
    """Bytes of the array, brackets and commas included."""
    return 2 + sum(sizes) + max(0, len(sizes) - 1)


def blocks_of(runs: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The array as bytes, a block for each run of members."""
    before = b"["
    for texts in runs:
        if texts:
            first, *others = texts
            yield b",".join([before + first.encode(), *(text.encode() for text in others)])
            before = b","
    yield b"]" if before == b"," else b"[]"
