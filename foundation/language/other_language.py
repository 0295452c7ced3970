"""Text in the other language than its page's, marked so that it is read aloud and broken into lines as what it is.

WCAG 2.2, 3.1.2: names, diagnoses and notes are kept in the language in which they were written, whoever reads them.
"""

import re
from collections.abc import Callable, Iterable

from markupsafe import escape

CYRILLIC = "\u0400-\u052f"
LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
# A shorter Latin word may be a unit, a code or an acronym, which both languages write so.
LATIN_WORD = f"[{LATIN}]{{4}}"
OTHER = {"en": "ru", "ru": "en"}
# What tells that a text holds something in the other language: to be searched for in every printed value, so it is cheap.
TELLING = {"en": f"[{CYRILLIC}]", "ru": LATIN_WORD}
# From the first to the last letter of what is in the other language, with what stands between (digits, signs, short words)
# and with the sign that ends a sentence.
_STRETCHES = {
    "en": re.compile(f"[{CYRILLIC}](?:(?:(?!{LATIN_WORD}).)*[{CYRILLIC}])?[.!?…»)]*", re.DOTALL),
    "ru": re.compile(f"[{LATIN}](?:[^{CYRILLIC}]*[{LATIN}])?[.!?…”)]*", re.DOTALL),
}
_LETTERS = {"en": re.compile(f"[{LATIN}]"), "ru": re.compile(f"[{CYRILLIC}]")}
# A few names or words need no sentence that says which language they are in.
LEAST_TOLD_OF = 40


def marking(language: str) -> Callable[[str], str]:
    """What writes a text into a page of this language: escaped, each stretch of the other in an element that says so."""
    telling, stretches, own = (
        re.compile(TELLING[language]),
        _STRETCHES[language],
        re.compile(TELLING[OTHER[language]]),
    )
    opening = f'<span lang="{OTHER[language]}">'

    def marked(text: str) -> str:
        if telling.search(text) is None:
            return str(escape(text))
        if own.search(text) is None:
            return f"{opening}{escape(text)}</span>"
        parts, at = [], 0
        for found in stretches.finditer(text):
            if telling.search(found[0]) is None:
                continue
            parts += [escape(text[at : found.start()]), opening, escape(found[0]), "</span>"]
            at = found.end()
        return "".join([*parts, escape(text[at:])])

    return marked


def own_words(text: object, otherwise: object = "", *, locale: str) -> object:
    """The text, for a title, which has no parts that could say their language; what stands for one in the other language."""
    return otherwise if re.search(TELLING[locale], str(text)) else text


def foreign_language(texts: Iterable[object] | str | None, least: int = LEAST_TOLD_OF, *, locale: str) -> str:
    """The language in which a text or a block is written, "" where it is the page's.

    Args:
        least: letters; less of the other language is not told of.
    """
    if not isinstance(texts, str):
        texts = " ".join(str(each) for each in texts or ())
    others, own = len(_LETTERS[OTHER[locale]].findall(texts)), len(_LETTERS[locale].findall(texts))
    return OTHER[locale] if others >= least and others > own else ""
