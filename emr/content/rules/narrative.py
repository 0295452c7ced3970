"""FHIR narratives: written from plain text, and read back as plain text. Their markup is never shown as markup.

Both ways of reading take time in step with the length, whatever it holds; that is why neither is Python's HTMLParser.
"""

import re
from html import escape, unescape
from xml.parsers import expat

XHTML = "http://www.w3.org/1999/xhtml"
BREAKING = frozenset(
    {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "pre"}
)
SILENT = frozenset({"script", "style", "head", "title"})
# Of one narrative, in characters; the longest in the specification's own examples has a tenth.
LONGEST = 200_000
# A tag, closed or not, or text; each alternative stops where the next begins.
PIECE = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][\w:.-]*+)[^<>]*+>?|<[!?/][^<>]*+>?|(?P<text><?[^<]*+)")


class NotXhtml(ValueError):
    """The sentence says why a narrative is no XHTML, without repeating what it says."""


def narrative_of(text: str) -> dict[str, str]:
    """A FHIR Narrative that says this text, one paragraph a line; as preformatted text where its spaces say something.

    `plain_text` reads back exactly what was typed, but for other line ends than a line feed.
    """
    typed = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = typed.split("\n")
    if typed.strip("\n") != typed or any(" ".join(line.split()) != line for line in lines):
        said = f"<pre>{escape(typed, quote=False)}</pre>"
    else:
        said = "".join(f"<p>{escape(line, quote=False)}</p>" for line in lines)
    return {"status": "additional", "div": f'<div xmlns="{XHTML}">{said}</div>'}


def plain_text(narrative: object) -> str:
    """What a FHIR Narrative says, without its markup; the words also of one that is no XHTML."""
    div = narrative.get("div") if isinstance(narrative, dict) else None
    if not isinstance(div, str):
        return ""
    try:
        return _Reader().read_xhtml(div[:LONGEST])
    except NotXhtml:
        return _Reader().read_pieces(div[:LONGEST])


def require_xhtml(div: str) -> None:
    """Refuse what is not one well-formed div without scripts (FHIR R4, narrative, 2.4.0).

    Raises:
        NotXhtml: saying why, with line and column.
    """
    reader = _Reader()
    reader.read_xhtml(div)
    if reader.names[0] != "div":
        raise NotXhtml("is not one div")
    if "script" in reader.names:
        raise NotXhtml("holds a script")


class _Reader:
    """Gathers the text; every block begins a line of its own, and what is preformatted stays as it is."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._blocks: list[str] = []
        self._heard: list[str] = []
        self._silent = 0
        self._preformatted = 0

    def read_xhtml(self, div: str) -> str:
        """Raises NotXhtml."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = lambda name, _attributes: self._begin(name)
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._hear
        try:
            parser.Parse(div, True)
        except (expat.ExpatError, UnicodeEncodeError) as fault:
            raise NotXhtml(f"is not well-formed XHTML at {_place_of(fault)}") from fault
        return self._said()

    def read_pieces(self, div: str) -> str:
        for piece in PIECE.finditer(div):
            if piece["name"] is None:
                self._hear(unescape(piece["text"] or ""))
            elif piece["end"]:
                self._end(piece["name"])
            else:
                self._begin(piece["name"])
        return self._said()

    def _said(self) -> str:
        self._finish_block()
        return "\n".join(self._blocks)

    def _finish_block(self) -> None:
        heard, self._heard = "".join(self._heard), []
        if not self._preformatted:
            heard = "\n".join(" ".join(line.split()) for line in heard.split("\n")).strip("\n")
        if heard:
            self._blocks.append(heard)

    def _begin(self, name: str) -> None:
        name = _local(name)
        self.names.append(name)
        if name in SILENT:
            self._silent += 1
        elif name == "pre":
            self._finish_block()
            self._preformatted += 1
        elif name == "br" or (name in BREAKING and self._heard and not self._heard[-1].endswith("\n")):
            self._heard.append("\n")
        elif name in ("td", "th"):
            self._heard.append(" ")

    def _end(self, name: str) -> None:
        name = _local(name)
        if name in SILENT and self._silent:
            self._silent -= 1
        elif name == "pre" and self._preformatted:
            self._finish_block()
            self._preformatted -= 1
        elif name == "p":
            self._heard.append("\n")

    def _hear(self, text: str) -> None:
        if text and not self._silent:
            self._heard.append(text)


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _refuse_doctype(*_declared: object) -> None:
    raise NotXhtml("declares a document type")


def _place_of(fault: Exception) -> str:
    if isinstance(fault, expat.ExpatError):
        return f"line {fault.lineno}, column {fault.offset + 1}: {expat.ErrorString(fault.code)}"
    return "a character that cannot be written"
