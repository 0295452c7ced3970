"""Where in a store a content lies."""

from enum import StrEnum


class Area(StrEnum):
    """Objects are served; quarantine is only kept."""

    OBJECTS = "objects"
    QUARANTINE = "quarantine"


BLOCK_BYTES = 1 << 20


def path_of(sha256: str, area: Area) -> str:
    """The path of a content: two levels of folders keep each of them short."""
    return f"{area}/{sha256[:2]}/{sha256[2:4]}/{sha256}"
