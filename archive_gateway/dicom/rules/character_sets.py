"""How the texts of a file are written where it does not say so, or says it wrongly. DICOM PS3.3 C.12.1.1.2, PS3.5 6.1.

Devices write Cyrillic as their system does and name no set, or name Latin letters; then Мельников reads Ìåëüíèêîâ.
"""

import re
from collections.abc import Sequence

UTF_8, _LATIN, _ASCII = "ISO_IR 192", "ISO_IR 100", "ISO_IR 6"
# The sets of Cyrillic letters that devices use, by the name under which both the reader and Python know them.
_CYRILLIC = {"windows-1251": "cp1251", "ISO_IR 144": "iso8859_5", "koi8_r": "koi8_r", "cp866": "cp866"}
_WORD = re.compile(r"[^\W\d_]+")
# As names and titles are written: all small, all large, or large at the beginning.
_NATURAL = re.compile(r"[А-ЯЁ]?[а-яё]*|[А-ЯЁ]+")
# Shorter runs of letters may be anything.
_TELLING_LETTERS = 4


def character_set_of(texts: Sequence[bytes], *, named: str, otherwise: str = "") -> str:
    """The set by which these texts of one file are read.

    Args:
        named: what the file says; "" where it says nothing.
        otherwise: what is known of the device, for files that say nothing.
    """
    telling = [text for text in texts if not text.isascii()]
    if not telling or named not in {"", _ASCII, _LATIN}:
        return named
    if all(_decoded(text, "utf-8") is not None for text in telling):
        return UTF_8
    if named != _LATIN and otherwise:
        return otherwise
    return next((name for name, codec in _CYRILLIC.items() if _is_russian(telling, codec)), named)


def _is_russian(texts: Sequence[bytes], codec: str) -> bool:
    """Whether every word with letters beyond ASCII is one that a Russian could have written, and one is long enough to tell."""
    longest = 0
    for text in texts:
        decoded = _decoded(text, codec)
        if decoded is None:
            return False
        foreign = [word for word in _WORD.findall(decoded) if not word.isascii()]
        if not foreign or not all(_NATURAL.fullmatch(word) for word in foreign):
            return False
        longest = max(longest, *map(len, foreign))
    return longest >= _TELLING_LETTERS


def _decoded(text: bytes, codec: str) -> str | None:
    try:
        return text.decode(codec)
    except UnicodeDecodeError:
        return None
