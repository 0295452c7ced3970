"""The file says what the page says, holds its own evidence, and no word of anybody acts in it."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from dispatch_backend.bookings.actions.bookings import cancel_booking
from dispatch_backend.proofs.actions import open_proof
from dispatch_backend.proofs.paper import pdf_of
from tests.archive_gateway.peers import require
from tests.dispatch_backend.proofs.reading_pdf import attached_lines, seals_that_chain
from tests.pages import read

HOUSE = Path(__file__).parents[3]
ODD = (
    '\u202emirror #import "@preview/x:1.0.0": * #read("/etc/passwd") #sys.inputs $x$ *a* _b_ \\ \\u{41} "q" <l> @r = h '
    "// c `r` " + "Ы" * 120 + " שלום مرحبا 🩺"
)


@pytest.fixture
def proof(desk, worked, as_actor):
    with as_actor(desk.dispatcher.actor) as session:
        return open_proof(session, worked)


def document(browser, referral_id):
    return browser.get(f"/dispatch/referrals/{referral_id}/proof/document")


def printed(pdf: bytes) -> str:
    """The words of a PDF as another program reads them."""
    require("pdftotext", present=shutil.which("pdftotext") is not None)
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().replace("\u200b", "").split())


def test_the_page_leads_to_the_file(dispatcher, worked):
    page = dispatcher.get(f"/dispatch/referrals/{worked}/proof")

    assert f'href="/dispatch/referrals/{worked}/proof/document"' in page.text


def test_the_file_is_a_download_that_no_browser_keeps(dispatcher, worked):
    answer = document(dispatcher, worked)

    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF-")
    assert answer.content_type == "application/pdf"
    assert 'attachment; filename="R-' in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_whoever_holds_the_file_verifies_it_without_us(dispatcher, worked, above_the_law):
    kept = above_the_law.scalars(
        text("SELECT sha256 FROM dispatch.referral_event WHERE referral_id = :id ORDER BY seq"),
        {"id": worked},
    ).all()

    seals = seals_that_chain(attached_lines(document(dispatcher, worked).data))

    assert seals == kept
    assert len(seals) == 5


def test_a_line_that_was_changed_shows(dispatcher, worked):
    lines = attached_lines(document(dispatcher, worked).data)
    lines[2] = lines[2].replace("Автобус", "Трамвай")

    with pytest.raises(AssertionError):
        seals_that_chain(lines)


def test_the_same_proof_is_the_same_bytes(proof):
    assert pdf_of(proof) == pdf_of(proof)


def test_another_proof_is_another_file(proof):
    assert pdf_of(proof) != pdf_of(replace(proof, number="R-2026-999999"))


def test_it_says_what_the_page_says(dispatcher, worked):
    words = printed(document(dispatcher, worked).data)

    for told in (
        "A time within the legal term is booked",
        "Reason: Автобус не ходит",
        "Reason: Врач заболел",
        "14 working days",
        "5 events: each says what its seal vouches for",
    ):
        assert told in words


def test_no_word_acts_as_markup_or_reads_a_file(desk, dispatcher):
    referral_id = desk.sent()
    booking_id = desk.booked(referral_id, desk.slot())
    with desk.as_actor(desk.dispatcher.actor) as session:
        cancel_booking(session, booking_id, reason=ODD)
    answer = document(dispatcher, referral_id)

    assert answer.status_code == 200
    words = printed(answer.data)
    for typed in ('#import "@preview/x:1.0.0": *', '#read("/etc/passwd")', "#sys.inputs", "$x$ *a* _b_"):
        assert typed in words
    assert "[U+202E]mirror" in words
    assert "root:" not in words
    assert "Ы" * 20 in words
    assert json.loads(attached_lines(answer.data)[2])["reason"] == ODD


def test_two_sheets_hold_what_referrals_usually_go_through(dispatcher, worked):
    pdf = document(dispatcher, worked).data

    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type/Page/") in (1, 2)


def test_who_prints_nothing_loads_nothing_of_typst():
    loaded = (
        "import sys, dispatch_backend.routes, foundation.paper.setting; "
        "print([each for each in sys.modules if 'typst' in each])"
    )
    done = subprocess.run([sys.executable, "-c", loaded], cwd=HOUSE, capture_output=True, text=True)

    assert done.stdout.strip() == "[]"


def test_the_patient_reads_that_it_was_downloaded(desk, dispatcher, client_for):
    patient = desk.patient()
    document(dispatcher, desk.sent(patient))
    browser = client_for(patient.actor)
    browser.set_cookie("language", "en")

    assert "The proof of how a referral was dealt with was downloaded" in read(browser.get("/my/access"))
