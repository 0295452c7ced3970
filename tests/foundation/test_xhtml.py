"""XHTML from outside leaves without anything that acts, fetches or hides."""

import time
from xml.parsers import expat

import pytest
from hypothesis import given
from hypothesis import strategies as some

from foundation.xhtml import XHTML, cleaned_xhtml

SOON_S = 5


def cleaned(inner: str) -> str:
    made = cleaned_xhtml(f'<div xmlns="{XHTML}">{inner}</div>')
    expat.ParserCreate().Parse(made, True)
    return made.removeprefix(f'<div xmlns="{XHTML}">').removesuffix("</div>")


@pytest.mark.parametrize(
    ("sent", "left"),
    [
        ('<p class="a">Hb <b>131</b><br/>g&#160;/&#160;L</p>', '<p class="a">Hb <b>131</b><br/>g&#160;/&#160;L</p>'),
        ('<p onclick="steal()">a</p>', "<p>a</p>"),
        ('<a href="javascript:alert(1)">a</a>', "<a>a</a>"),
        ('<a href="https://example.org/x">a</a>', '<a href="https://example.org/x">a</a>'),
        ('<img src="https://example.org/seen.png" alt="a &lt; b"/>', '<img alt="a &lt; b"/>'),
        ('<img src="#picture" alt="a"/>', '<img src="#picture" alt="a"/>'),
        ('<p style="display:none">secret dose</p>', "<p>secret dose</p>"),
        ("a<style>p{}</style>b", "ab"),
        ('<iframe src="https://example.org/"/>after', "after"),
        ("<![CDATA[5 < 6]]>", "5 &lt; 6"),
        ('<a name="here"/>text', '<a name="here"></a>text'),
    ],
)  # fmt: skip
def test_what_is_harmless_stays_and_nothing_else(sent, left):
    assert cleaned(sent) == left


@pytest.mark.parametrize(
    "broken", ["<div>open", "only < text", "<div><script>alert(1)</script", "<div>" * 20_000]
)
def test_what_is_no_xhtml_leaves_as_text(broken):
    made = cleaned_xhtml(broken)

    expat.ParserCreate().Parse(made, True)
    assert "<script" not in made


@given(some.text(some.characters(exclude_categories=["Cs"]), max_size=60))
def test_whatever_stands_there_something_well_formed_leaves(text):
    for div in (text, f"<div>{text}</div>", f'<div title="{text}">a</div>'):
        expat.ParserCreate().Parse(cleaned_xhtml(div), True)


@pytest.mark.parametrize("piece", ["<p><p ", "&amp;", "<div>", "<![CDATA[", "<b/>", "<td/><", "<!--"])
def test_cleaning_takes_time_in_step_with_the_length(piece):
    began = time.monotonic()

    cleaned_xhtml("<div>" + piece * (200_000 // len(piece)))
    cleaned_xhtml("<div>" + piece * (200_000 // len(piece)) + "</div>")
    cleaned_xhtml("<div>" * 20_000 + "</div>" * 20_000)

    assert time.monotonic() - began < SOON_S
