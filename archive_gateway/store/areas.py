"""Where in a store a content lies."""

import re
from enum import StrEnum


class Area(StrEnum):
    """Objects are served; quarantine is only kept."""

    OBJECTS = "objects"
    QUARANTINE = "quarantine"


BLOCK_BYTES = 1 << 20
_is_digest = re.compile(r"[0-9a-f]{64}").fullmatch


def path_of(sha256: str, area: Area) -> str:
    """The path of a content: two levels of folders keep each of them short."""
    return f"{area}/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def digest_at(path: str, area: Area) -> str | None:
    """The content whose path ends so; None for what a store's owner, or the way there, has left beside the contents."""
    name = path.rsplit("/", 1)[-1]
    return name if _is_digest(name) and path.endswith(path_of(name, area)) else None
