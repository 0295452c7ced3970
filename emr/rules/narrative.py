"""FHIR narratives: written from plain text, and read back as plain text. Their markup is never shown as markup."""

from html import escape
from html.parser import HTMLParser

XHTML = "http://www.w3.org/1999/xhtml"
BREAKING = frozenset(
    {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "pre"}
)
SILENT = frozenset({"script", "style", "head", "title"})
LONGEST = 100_000


def narrative_of(text: str) -> dict[str, str]:
    """A FHIR Narrative that says this text, one paragraph a line."""
    lines = "".join(f"<p>{escape(line, quote=False)}</p>" for line in text.splitlines())
    return {"status": "additional", "div": f'<div xmlns="{XHTML}">{lines}</div>'}


def plain_text(narrative: object) -> str:
    """What a FHIR Narrative says, without its markup."""
    div = narrative.get("div") if isinstance(narrative, dict) else None
    if not isinstance(div, str):
        return ""
    reader = _Reader()
    reader.feed(div[:LONGEST])
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.heard).split("\n"))
    return "\n".join(lines).strip("\n")


class _Reader(HTMLParser):
    """Gathers the text; every block begins a line of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.heard: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        elif tag == "br" or (tag in BREAKING and self.heard and not self.heard[-1].endswith("\n")):
            self.heard.append("\n")
        elif tag in ("td", "th"):
            self.heard.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT and self._silent:
            self._silent -= 1
        elif tag == "p":
            self.heard.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.heard.append(data)
