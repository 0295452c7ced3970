"""Histories whose every element carries the hash of the one before: how whoever doubts one finds where it breaks."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

# The hash before the first element.
BEGINNING = ""
# Why an element breaks: it does not say what its own hash vouches for, or does not follow from the one before.
CONTENT, CHAIN = "content", "chain"


class Link(NamedTuple):
    """One element as it is kept.

    `chain` is whose history it belongs to; `fault` what is wrong with it alone, CONTENT or a word of the room's.
    """

    chain: UUID
    number: int
    sha256: str
    previous_sha256: str
    fault: str = ""

    def to_keep(self) -> dict[str, object]:
        """What the link after this one is held against, as JSON keeps it."""
        return {"chain": str(self.chain), "number": self.number, "sha256": self.sha256}

    @classmethod
    def kept(cls, value: Mapping[str, Any]) -> "Link | None":
        """The opposite of `to_keep`; None where nothing was kept."""
        return (
            cls(UUID(value["chain"]), value["number"], value["sha256"], previous_sha256="") if value else None
        )


class Break(NamedTuple):
    """Where a history is not as it was written, and why."""

    chain: UUID
    number: int
    why: str


def breaks_in(links: Iterable[Link], *, before: Link | None = None) -> list[Break]:
    """Where links break: chain after chain, each from its first link to its last.

    Args:
        before: the link after which these go on, where others were looked at before.
    """
    breaks: list[Break] = []
    for link in links:
        if why := _fault(link, before if before and before.chain == link.chain else None):
            breaks.append(Break(link.chain, link.number, why))
        before = link
    return breaks


def _fault(link: Link, before: Link | None) -> str:
    expected = (before.number + 1, before.sha256) if before else (1, BEGINNING)
    follows = (link.number, link.previous_sha256) == expected
    return link.fault if follows or link.fault == CONTENT else CHAIN
