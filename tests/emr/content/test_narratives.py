"""Narratives come in as XHTML or not at all, and reading one takes time in step with its length, whatever it holds."""

import time

import pytest

from emr.content.rules.narrative import LONGEST, narrative_of, plain_text
from emr.fhir_import.validation.bundles import read_bundle
from emr.fhir_import.validation.refusals import BundleRefused
from tests.emr.fhir_import.factories import as_bytes, observation, person_with

XHTML = "http://www.w3.org/1999/xhtml"
# Far more than a linear reader needs, far less than any other takes.
SOON_S = 10


def said(div: str) -> str:
    return plain_text({"status": "generated", "div": div})


def refused(div: str) -> BundleRefused:
    with pytest.raises(BundleRefused) as caught:
        bring(text={"status": "generated", "div": div})
    return caught.value


def bring(**changes: object) -> None:
    read_bundle(as_bytes(person_with(lambda who: observation(who, **changes))), source="urn:test")


@pytest.mark.parametrize(
    "piece", ["<a ", "<", "&", "<!--", "<![CDATA[", "<?", "</", "<a '", '<a b="', "<script>", "<p><p "]
)
def test_an_unclosed_narrative_is_read_soon(piece):
    began = time.monotonic()

    said(f'<div xmlns="{XHTML}">{piece * (90_000 // len(piece))}')

    assert time.monotonic() - began < SOON_S


def test_what_was_kept_before_and_is_no_xhtml_still_says_its_words():
    broken = "<div>Seen <b>today<p>Less than <5> &amp; more<br>again<script>alert(1)</script> after"

    assert said(broken) == "Seen today\nLess than <5> & more\nagain after"


@pytest.mark.parametrize(
    "typed",
    [
        "A < B & C\n\nnext",
        "two  spaces\tand a tab",
        "  indented\n    more",
        "\nbegins and ends with a line\n",
        "spaces at its end  ",
        "a\u00a0space that does not break",
        "one\u2028line",
        "<pre>typed</pre>  & so",
        "",
    ],
)
def test_a_narrative_of_ours_says_exactly_what_was_typed(typed):
    assert plain_text(narrative_of(typed)) == typed


def test_line_ends_of_another_system_are_line_ends():
    assert plain_text(narrative_of("one\r\ntwo\rthree")) == "one\ntwo\nthree"


def test_what_others_send_preformatted_keeps_its_columns_and_the_rest_runs_together():
    assert said("<div>Before  it<pre>Hb   132\nWBC    6</pre><p>after   it</p></div>") == (
        "Before it\nHb   132\nWBC    6\nafter it"
    )


def test_capitals_and_prefixes_change_nothing():
    assert said("<DIV>a<BR/>b</DIV>") == "a\nb"
    assert said(f'<h:div xmlns:h="{XHTML}">a<h:script>x</h:script><h:p>b</h:p></h:div>') == "a\nb"


@pytest.mark.parametrize(
    ("div", "why"),
    [
        ("<div>open", "is not well-formed XHTML at line 1"),
        ("<div>\n<b>open</div>", "is not well-formed XHTML at line 2"),
        ("only text", "is not well-formed XHTML"),
        ("<div>a</div><div>b</div>", "is not well-formed XHTML"),
        ("<div>&nbsp;</div>", "is not well-formed XHTML"),
        ("<p>not a div</p>", "is not one div"),
        ('<!DOCTYPE div [<!ENTITY a "b">]><div>&a;</div>', "declares a document type"),
        ("<div><script>alert(1)</script></div>", "holds a script"),
        (f'<div><x:ScRipt xmlns:x="{XHTML}"/></div>', "holds a script"),
        (f"<div>{'a' * LONGEST}</div>", f"is longer than {LONGEST} characters"),
    ],
)
def test_what_is_no_xhtml_is_refused_at_its_place(div, why):
    refusal = refused(div)

    assert refusal.where == "Bundle.entry[1].resource.text.div"
    assert refusal.why.startswith(why)


def test_the_sections_of_a_document_are_looked_at_too():
    def document(who: str, **sections: object) -> dict[str, object]:
        return {
            "resourceType": "Composition",
            "status": "final",
            "type": {"text": "Note"},
            "subject": {"reference": who},
            "date": "2026-01-01",
            "author": [{"display": "Somebody"}],
            "title": "Note",
            **sections,
        }

    inner = {"title": "b", "text": {"status": "generated", "div": "<div>open"}}
    faulty = as_bytes(person_with(lambda who: document(who, section=[{"title": "a", "section": [inner]}])))

    with pytest.raises(BundleRefused) as caught:
        read_bundle(faulty, source="urn:test")

    assert caught.value.where == "Bundle.entry[1].resource.section[0].section[0].text.div"


def test_the_narratives_of_a_resource_share_one_bound():
    half = {"status": "generated", "div": f"<div>{'a' * (LONGEST // 2)}</div>"}
    contained = [
        {"resourceType": "Basic", "id": f"b{number}", "code": {"text": "x"}, "text": half}
        for number in (1, 2)
    ]

    with pytest.raises(BundleRefused) as caught:
        bring(contained=contained)

    assert caught.value.where == "Bundle.entry[1].resource.contained[1].text.div"
