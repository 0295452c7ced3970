"""Characters that act on a page instead of standing on it: shown as what they are, so that no text mirrors its neighbours;
and those between which no line may end."""

import re

# Controls but tab and the ends of lines, and what changes the direction of the text after it (Unicode, UAX #9).
ACTING = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# No text of ours holds them: controls but tab and the ends of lines, halves of characters, and what is none.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# The scripts of living languages that are written from right to left: Hebrew, Arabic, Syriac and their like.
RIGHT_TO_LEFT = "\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
# The two isolates that keep the order of such a text within it.
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
# A number and the sign before it.
_PARTING = re.compile(r"(?:(?<=№)|(?<=\bNo\.)) (?=\d)")
_ACTING = re.compile(f"[{ACTING}]")
_RIGHT_TO_LEFT = re.compile(f"[{RIGHT_TO_LEFT}]")


def with_marks_shown(text: str) -> str:
    """The text with each acting character as its name, [U+202E]; one in a script from right to left within isolates."""
    shown = _ACTING.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)
    return f"{FIRST_STRONG_ISOLATE}{shown}{POP_ISOLATE}" if _RIGHT_TO_LEFT.search(shown) else shown


def with_numbers_held(text: str) -> str:
    """The text with each number held to its sign, so that no line ends between them."""
    return _PARTING.sub("\N{NO-BREAK SPACE}", text)
