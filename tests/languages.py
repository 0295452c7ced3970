"""Reading a page for words in the other language than the one that it says they are in."""

import json
import re
from html.parser import HTMLParser

CYRILLIC = re.compile("[\u0400-\u052f]+")
# Units, codes and acronyms are written so in both languages; longer words are words.
LATIN_WORD = re.compile(r"(?<![\w@./:+-])[A-Za-z]{4,}(?![\w@/:]|\.\w)")
STRANGE = {"en": CYRILLIC, "ru": LATIN_WORD}
# A title has no parts that could say their language, and in the tab of a patient it bears the name as it is written.
NAME = re.compile("[A-Z][a-z]+")
READ_ALOUD = (
    "alt",
    "aria-description",
    "aria-label",
    "aria-roledescription",
    "aria-valuetext",
    "label",
    "placeholder",
    "title",
    "value",
)
# Their text is no text of the page, or stands on keys.
NOT_READ = ("kbd", "script", "style")
WITHOUT_END = ("area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr")
# What other programs than readers take, or what has no words of ours.
NO_WORDS = ("hidden", "radio", "checkbox", "submit")


class Reader(HTMLParser):
    """Notes each word that is in the other language, with what stands around it."""

    def __init__(self) -> None:
        super().__init__()
        self.strange: list[str] = []
        self._open: list[tuple[str, str]] = []

    @property
    def _language(self) -> str:
        return next((language for _tag, language in reversed(self._open) if language), "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self._open.append((tag, named.get("lang", "")))
        for name in READ_ALOUD:
            if name != "value" or (tag == "input" and named.get("type") not in NO_WORDS):
                self._read(named.get(name, ""))
        for words in (
            each for name, value in attrs if name.startswith("data-") for each in _sentences(value)
        ):
            self._read(words)
        self.strange += [f"markup in {name}: {value}" for name, value in named.items() if "<span" in value]
        if tag in WITHOUT_END:
            self._open.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in WITHOUT_END:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(tag in NOT_READ for tag, _language in self._open):
            self._read(data)

    def _read(self, text: str) -> None:
        strange = STRANGE.get(self._language)
        in_title = any(tag == "title" for tag, _language in self._open)
        self.strange += [
            f"{each[0]}: {' '.join(text.split())[:160]}"
            for each in (strange.finditer(text) if strange else ())
            if not (in_title and NAME.fullmatch(each[0]))
        ]


def _sentences(kept: str | None) -> list[str]:
    """What a script prints of an attribute: a sentence, or the sentences of an object, without the {names} to fill in."""
    kept = re.sub(r"\{\w+\}", "", kept or "")
    if kept and kept.startswith("{"):
        values = json.loads(kept).values()
        return [each for value in values for each in (value.values() if isinstance(value, dict) else [value])]
    return [kept] if kept and " " in kept else []


def strange_words(page: str) -> list[str]:
    """Words of a page in another language than its own and than the elements around them say."""
    reader = Reader()
    reader.feed(page)
    return reader.strange
