"""What is kept of what was asked in vain."""

import re
from collections.abc import Iterable

# Of DICOM (PS3.5 9.1) and of everybody else who numbers things so. A number without a dot may be somebody's own.
_OBJECT_IDENTIFIER = re.compile(r"(?=.{1,64}\Z)[0-9]+(\.[0-9]+)+")


def object_identifier_in(asked: Iterable[object]) -> str:
    """The first object identifier in the parts of an address; "" where there is none. Whatever else was typed is not kept."""
    texts = (each for each in asked if isinstance(each, str))
    return next((each for each in texts if _OBJECT_IDENTIFIER.fullmatch(each)), "")
