"""A proof answers first, tells everything that happened in the words that were typed, and verifies the history as it is printed."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from dispatch_backend.bookings.actions.outcomes import record_outcome
from dispatch_backend.bookings.enumerations import Outcome
from dispatch_backend.proofs.actions import open_proof
from dispatch_backend.proofs.enumerations import Answer
from dispatch_backend.proofs.rules import Verdict
from dispatch_backend.proofs.sheet import sheet_of
from dispatch_backend.referrals.actions.referrals import revoke_referral
from dispatch_backend.services.rules.terms import TermUnit
from foundation.clock import now
from foundation.language.translation import day_time
from identity.roles import Role
from tests.pages import read


def page_of(browser, referral_id):
    return browser.get(f"/dispatch/referrals/{referral_id}/proof")


def test_the_page_leads_to_the_proof(dispatcher, worked):
    page = dispatcher.get(f"/dispatch/referrals/{worked}")

    assert f'href="/dispatch/referrals/{worked}/proof"' in page.text


def test_everything_that_happened_is_told_with_who_did_it_and_why(dispatcher, desk, worked, walls):
    page = page_of(dispatcher, worked)
    words = read(page)

    assert page.status_code == 200
    for told in (
        "A time within the legal term is booked",
        "Patient: Zhdunova",
        "Referral sent",
        "Doctor, Polyclinic of the test",
        "Dispatcher, Polyclinic of the test",
        "Reason: Автобус не ходит",
        "Reason: Врач заболел",
        "Moved to another time:",
        "Given up:",
        "The booking stands; the time has not come yet",
        "Legal term 14 working days",
        "In force until until further notice",
        "Working days by the region’s production calendar, version ",
        "0 calendar days",
        "5 events: each says what its seal vouches for",
        "Orenburg region (UTC+05:00)",
    ):
        assert told in words
    assert words.index("A time within the legal term") < words.index("Referral sent")


def test_each_event_bears_its_seal(dispatcher, desk, worked, above_the_law):
    page = page_of(dispatcher, worked).text
    seals = above_the_law.scalars(
        text("SELECT sha256 FROM dispatch.referral_event WHERE referral_id = :id ORDER BY seq"),
        {"id": worked},
    ).all()

    assert len(seals) == 5
    assert [page.index(f"<code>{each}</code>") for each in seals] == sorted(
        page.index(f"<code>{each}</code>") for each in seals
    )


def test_what_the_patient_suffers_from_is_no_part_of_it(dispatcher, worked):
    page = page_of(dispatcher, worked).text

    assert "I20.8" not in page
    assert "Chest pain" not in page


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ("UPDATE dispatch.referral_event SET reason = 'x' WHERE seq = 3", [(3, "content")]),
        ("UPDATE dispatch.referral_event SET act = 'nonsense' WHERE seq = 2", [(2, "content")]),
        ("UPDATE dispatch.referral_event SET to_state = 'nonsense' WHERE seq = 5", [(5, "content"), (5, "state")]),
        ("DELETE FROM dispatch.referral_event WHERE seq = 2", [(3, "chain")]),
        ("DELETE FROM dispatch.referral_event WHERE seq = 5", [(5, "state")]),
        ("UPDATE dispatch.referral SET due_on = due_on + 1 WHERE true", [(5, "term")]),
    ],
)  # fmt: skip
def test_a_history_that_was_tampered_with_is_told_as_that(above_the_law, desk, worked, changed, faults):
    """Read as the dispatcher reads, within the transaction that tampered."""
    column = "id" if "dispatch.referral SET" in changed else "referral_id"
    above_the_law.execute(text(f"{changed} AND {column} = :id"), {"id": worked})

    proof = open_proof(above_the_law, worked)

    assert [(each.number, each.why) for each in proof.breaks] == faults


def test_the_legal_day_that_was_missed_is_the_answer(dispatcher, desk):
    overdue = desk.sent_on(now() - timedelta(days=90))

    words = read(page_of(dispatcher, overdue))

    assert "The legal term is broken" in words
    assert "calendar days late" in words
    assert "No time has been booked." in words
    assert "90 calendar days" in words


def test_served_in_time_withdrawn_and_missed_are_told_apart(desk, as_actor):
    answers = []
    for outcome in (Outcome.SERVED, Outcome.NO_SHOW):
        referral_id, booking_id = desk.visited()
        with as_actor(desk.dispatcher.actor) as session:
            record_outcome(session, booking_id, outcome=outcome)
            answers.append(open_proof(session, referral_id).verdict.answer)
    referral_id = desk.sent()
    with as_actor(desk.doctor.actor) as session:
        revoke_referral(session, referral_id, reason="Выздоровел")
        answers.append(open_proof(session, referral_id).verdict.answer)

    assert answers == [Answer.KEPT, Answer.RUNNING, Answer.REVOKED_IN_TIME]


def test_a_foreign_proof_is_as_absent_as_one_that_never_was(desk, people, client_for, worked, walls):
    elsewhere = client_for(people.dispatcher(facility_id=people.facility()).actor)
    foreign, absent = (page_of(elsewhere, each) for each in (worked, uuid4()))

    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert read(foreign) == read(absent)


@pytest.mark.parametrize("role", [Role.TRIAGER, Role.DOCTOR, Role.REGISTRAR])
def test_the_page_is_for_those_who_dispatch(people, client_for, worked, role):
    assert page_of(client_for(people.staff(role).actor), worked).status_code == 403


def test_the_patient_reads_that_the_proof_was_opened(desk, dispatcher, client_for):
    patient = desk.patient()
    page_of(dispatcher, desk.sent(patient))
    browser = client_for(patient.actor)
    browser.set_cookie("language", "en")

    assert "The proof of how a referral was dealt with was opened" in read(browser.get("/my/access"))


def test_a_term_of_hours_is_told_by_the_hour(desk, worked, as_actor):
    with as_actor(desk.dispatcher.actor) as session:
        proof = open_proof(session, worked)
    of_hours = replace(proof.term, unit=TermUnit.HOURS, length=2)
    late = Verdict(Answer.OVERDUE, proof.at, late=True, days_late=0)

    sheet = sheet_of(replace(proof, term=of_hours, verdict=late))

    ground, end, lateness = sheet.grounds
    assert day_time(proof.at) in ground
    assert end == f"End of the legal term: {day_time(proof.due_at)}"
    assert lateness == "Late on the same day"
    assert "2 hours" in [row.value for section in sheet.sections for row in section.rows]
