"""Reading a page as a person and as a browser do: its words, and what its forms send back or offer to choose from."""

import html
import re
from html.parser import HTMLParser

from werkzeug.test import TestResponse


def read(page: TestResponse) -> str:
    """The words of a page, as a person reads them: no markup, spaces run together."""
    body = re.sub(r"(?s)<(script|style|svg|head)\b.*?</\1>", " ", page.text)
    # Which language words are in is no space between them.
    body = re.sub(r'<span lang="..">(.*?)</span>', r"\1", body, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def hidden_fields(page: TestResponse, prefix: str = "") -> dict[str, str]:
    """The hidden fields that begin with the prefix of their form; of several with one name, the first."""
    found: dict[str, str] = {}
    for field in _inputs(page):
        if field.get("type") == "hidden" and field.get("name", "").startswith(prefix):
            found.setdefault(field["name"], field.get("value", ""))
    return found


def filled(page: TestResponse, **typed: str) -> dict[str, str]:
    """The form of a page with what a person typed, as a browser would send it."""
    return {**hidden_fields(page), **typed}


def offered(page: TestResponse, name: str) -> list[str]:
    """The values of a group of radio buttons."""
    return [
        field["value"]
        for field in _inputs(page)
        if field.get("type") == "radio" and field.get("name") == name
    ]


def ticked(page: TestResponse) -> dict[str, str]:
    """The boxes that are ticked, as a browser would send them."""
    boxes = [field for field in _inputs(page) if field.get("type") == "checkbox" and "checked" in field]
    return {field["name"]: field["value"] for field in boxes}


def _inputs(page: TestResponse) -> list[dict[str, str]]:
    reader = _Reader()
    reader.feed(page.text)
    return reader.inputs


class _Reader(HTMLParser):
    """Notes the attributes of every input."""

    def __init__(self) -> None:
        super().__init__()
        self.inputs: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "input":
            self.inputs.append({name: value or "" for name, value in attrs})
