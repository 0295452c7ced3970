"""Whose acts a person wants to see."""

from enum import StrEnum


class AccessLogFilter(StrEnum):
    """Whose acts the reader wants to see."""

    OTHERS = "others"
    OWN = "own"
    EVERYONE = "everyone"
