"""Whose acts a person wants to see, and on what."""

from enum import StrEnum


class AccessLogFilter(StrEnum):
    """Whose acts the reader wants to see."""

    OTHERS = "others"
    OWN = "own"
    EVERYONE = "everyone"


class Accessed(StrEnum):
    """What of a person's an act touched; DETAILS is whatever belongs to none of the others."""

    RECORD = "record"
    ENTRIES = "entries"
    REFERRALS = "referrals"
    IMAGES = "images"
    DETAILS = "details"
