"""What somebody may have meant who typed a name a little wrong: on the other keyboard, in Latin letters, with a typo."""

import re
from enum import IntEnum
from functools import cache

LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
CYRILLIC_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюе"
TO_CYRILLIC = str.maketrans(LATIN_KEYS, CYRILLIC_KEYS)
TO_LATIN = str.maketrans(CYRILLIC_KEYS, LATIN_KEYS)
# Passports, banks and people write names in Latin letters in several ways; the longest is tried first.
SOUNDS = {
    "shch": "щ", "sch": "(?:щ|сч|ш)", "zh": "ж", "kh": "х", "ts": "(?:ц|тс)", "tz": "ц", "ch": "ч", "sh": "ш",
    "yu": "ю", "iu": "(?:ю|иу)", "ju": "ю", "ya": "я", "ia": "(?:я|иа|ья)", "ja": "я", "je": "(?:ье|е|же)", "yo": "(?:е|йо)", "io": "(?:ио|е)",
    "ye": "е", "ie": "(?:ие|ье|е)", "iy": "ий", "ij": "ий", "yy": "ый", "ey": "(?:ей|ее)", "ph": "ф", "ks": "кс",
    "a": "а", "b": "б", "c": "[кцс]", "d": "д", "e": "[еэ]", "f": "ф", "g": "г", "h": "[хг]", "i": "(?:ий|[ий])",
    "j": "[йж]", "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "t": "т",
    "u": "у", "v": "в", "w": "в", "x": "кс", "y": "(?:ый|ий|[йыи])", "z": "[зц]", "'": "[ьъ]", "’": "[ьъ]",
}  # fmt: skip
SOUND = re.compile("|".join(sorted(SOUNDS, key=len, reverse=True)))
LATIN = re.compile(r"[a-z'’-]+")
# Shorter words have too many neighbours.
SHORTEST_WITH_TYPO = 4


class Closeness(IntEnum):
    """How far from what was typed a name may be; one is tried after the other."""

    AS_TYPED = 0
    OTHER_LETTERS = 1
    ONE_TYPO = 2


@cache
def pattern_of(word: str, closeness: Closeness) -> str:
    """A regular expression for the beginning of a name, which Python and PostgreSQL read alike.

    Args:
        word: in small letters, without ё.
    """
    if closeness is Closeness.AS_TYPED:
        return re.escape(word)
    meant = [re.escape(each) for each in _on_keyboards(word)]
    if LATIN.fullmatch(word):
        meant.append(_in_cyrillic(word))
    if closeness is Closeness.ONE_TYPO and len(word) >= SHORTEST_WITH_TYPO:
        meant += [f"(?:{each})(?![^ -])" for keyed in _on_keyboards(word) for each in _with_one_typo(keyed)]
    return f"(?:{'|'.join(meant)})"


def _on_keyboards(word: str) -> list[str]:
    """The word as it was typed, and as the same keys write it on the other keyboard."""
    swapped = word.translate(TO_CYRILLIC if LATIN.match(word) else TO_LATIN)
    return [word, swapped]


def _in_cyrillic(word: str) -> str:
    """Soft signs are not heard, so they may stand after each consonant."""
    return SOUND.sub(lambda sound: SOUNDS[sound.group()] + "[ьъ]?", word)


def _with_one_typo(word: str) -> list[str]:
    """One letter wrong, left out, too many, or two in each other's place."""
    pieces = [(re.escape(word[:at]), word[at], word[at + 1 :]) for at in range(len(word))]
    wrong = [f"{before}[^ -]?{re.escape(after)}" for before, _letter, after in pieces]
    left_out = [f"{before}[^ -]{re.escape(letter + after)}" for before, letter, after in pieces]
    swapped = [before + re.escape(after[0] + letter + after[1:]) for before, letter, after in pieces if after]
    return [*wrong, *left_out, f"{re.escape(word)}[^ -]", *swapped]
