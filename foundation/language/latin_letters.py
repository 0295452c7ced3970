"""Russian names in Latin letters, as passports write them, for readers of English.

ICAO Doc 9303, Machine Readable Travel Documents, part 3, section 6 B: "Transliteration of Cyrillic Characters"; Russian
passports follow it since the order of the Ministry of Foreign Affairs no. 4271 of 29 March 2016. GOST R 52535.1-2006,
which they followed before, differs in two letters: ц was tc, and ъ was left out.
"""

from functools import lru_cache

# fmt: off
LATIN_LETTERS = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "ie", "ы": "y", "ь": "", "э": "e", "ю": "iu",
    "я": "ia", "і": "i", "ї": "i", "є": "ie", "ґ": "g", "ў": "u",
}
# fmt: on
_CAPITALS = {letter.upper(): latin.capitalize() for letter, latin in LATIN_LETTERS.items()}
_TABLE = str.maketrans({**LATIN_LETTERS, **_CAPITALS})


class PrintedName(str):
    """What a person is called, as it is written; on pages in English it is printed in Latin letters."""

    __slots__ = ()

    @property
    def latin(self) -> str:
        return in_latin_letters(self)


def original(name: str, *, locale: str) -> str:
    """How a name is written that a page prints in other letters; "" where it prints it so."""
    return str(name) if locale == "en" and type(name) is PrintedName and name.latin != name else ""


@lru_cache(maxsize=4096)
def in_latin_letters(name: str) -> str:
    """Ivanova Iuliia Petrovna; a name in capitals stays in capitals, and other letters stay as they are."""
    written = name.translate(_TABLE)
    return written.upper() if name.isupper() and len(name) > 1 else written
