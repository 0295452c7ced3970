"""What a unique identifier looks like. DICOM PS3.5 section 9.1."""

import re

from foundation.errors import Malformed

LONGEST_UID = 64
_UID = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*")


def is_uid(text: str) -> bool:
    """Whether the text is digits in dotted components without leading zeros, 64 characters at most."""
    return 0 < len(text) <= LONGEST_UID and _UID.fullmatch(text) is not None


def require_uids(*texts: str) -> None:
    """Refuse an address whose identifiers could never have been stored.

    Raises:
        Malformed: one of them is not a UID; said in the same words as for an absent image. DICOM PS3.18 section 8.3.3.
    """
    if not all(is_uid(text) for text in texts):
        raise Malformed("There is no such image.")
