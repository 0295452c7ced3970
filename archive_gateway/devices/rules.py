"""What may stand in the register of devices. DICOM PS3.5 table 6.2-1 (AE), section 9.1 (UI); PS3.3 C.12.1.1.2."""

import codecs

from archive_gateway.dicom.rules.uids import is_uid

LONGEST_AE_TITLE = 16
# Terms of the standard that one set alone makes up.
_DEFINED_TERMS = frozenset(
    {f"ISO_IR {number}" for number in (6, 13, 100, 101, 109, 110, 126, 127, 138, 144, 148, 166, 192, 203)}
    | {"GB18030", "GBK"}
)


def is_ae_title(text: str) -> bool:
    """Whether the text is 1 to 16 printable characters of the default repertoire, without a backslash."""
    printable = text.isascii() and text.isprintable() and "\\" not in text
    return printable and 0 < len(text) <= LONGEST_AE_TITLE and text == text.strip()


def storage_classes_in(text: str) -> list[str] | None:
    """The UIDs of a list that is parted by blanks, in their order; None where one of them is none."""
    uids = text.split()
    return sorted(set(uids)) if all(is_uid(each) for each in uids) else None


def character_set_named(text: str) -> str | None:
    """A term of the standard, or a set that devices use without the standard knowing it; None where it is neither."""
    if text in _DEFINED_TERMS:
        return text
    try:
        return codecs.lookup(text).name
    except LookupError:
        return None
