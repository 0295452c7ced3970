"""XHTML from outside, cleaned by a library's list of what is harmless: text and its layout, nothing that acts or fetches."""

import re
from functools import cache
from html import escape
from xml.parsers import expat

import nh3

XHTML = "http://www.w3.org/1999/xhtml"
# FHIR R4, narrative, txt-1, without what is only looks.
TAGS = frozenset({
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "dfn", "div",
    "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre", "q",
    "samp", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "tt", "ul", "var",
})  # fmt: skip
# The cleaner takes time that grows with the square of the depth; nobody's layout is so deep.
DEEPEST = 100
TAG = re.compile(r"<[^<>]*+>?")
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
VOID = "br|hr|img|col"
ATTRIBUTES = {
    "*": {"class", "lang", "title"},
    "a": {"href", "name"},
    "div": {"class", "lang", "title", "xmlns"},
    "img": {"alt", "src"},
    "td": {"colspan", "rowspan", "scope"},
    "th": {"colspan", "rowspan", "scope"},
    "col": {"span"},
    "colgroup": {"span"},
}
SCHEMES = {"http", "https", "mailto", "tel"}
CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
# What XHTML closes at once and HTML would leave open: <td/>, <a name="x"/>.
CLOSED_AT_ONCE = re.compile(rf"<(?!(?:{VOID})\b)([A-Za-z][\w:.-]*)((?:[^<>\"'/]|\"[^\"<]*\"|'[^'<]*')*+)/>")
LEFT_OPEN = re.compile(rf"<({VOID})\b([^<>]*)>")


def cleaned_xhtml(div: str) -> str:
    """The same div with its harmless elements only, well-formed; where that cannot be had, its text alone.

    Pictures from elsewhere go too: to show one would tell its sender that somebody reads.
    """
    if _depth(div) > DEEPEST:
        return _within(escape(NOT_IN_XML.sub(" ", TAG.sub(" ", div)), quote=False))
    html = CDATA.sub(lambda found: escape(found[1], quote=False), div)
    html = CLOSED_AT_ONCE.sub(r"<\1\2></\1>", html)
    xhtml = LEFT_OPEN.sub(r"<\1\2/>", _cleaner().clean(html)).replace("&nbsp;", "&#160;")
    return xhtml if xhtml.startswith(f'<div xmlns="{XHTML}"') else _within(xhtml)


def _within(xhtml: str) -> str:
    return f'<div xmlns="{XHTML}">{xhtml}</div>'


def _depth(div: str) -> float:
    """How deep the elements of well-formed XHTML are nested; endless where it is not well-formed."""
    depth = deepest = 0

    def begin(_name: str, _attributes: object) -> None:
        nonlocal depth, deepest
        depth += 1
        deepest = max(deepest, depth)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    try:
        parser.Parse(div, True)
    except (expat.ExpatError, UnicodeEncodeError):
        return float("inf")
    return deepest


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes=SCHEMES,
        link_rel=None,
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "xmlns":
        return value if value == XHTML else None
    return None if tag == "img" and name == "src" and not value.startswith("#") else value
