"""Referrals as the patient follows them."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from dispatch_backend.bookings.actions.bookings import cancel_booking
from dispatch_backend.bookings.actions.outcomes import record_outcome
from dispatch_backend.bookings.enumerations import Outcome
from dispatch_backend.referrals.enumerations import State
from dispatch_backend.services.enumerations import Priority
from foundation.clock import now
from foundation.language.translation import day
from foundation.outbox import OutboxMessage
from portal.dispatch.rules import Outlook, Prospect, prospect_of
from tests.emr.notes.factories import signed_note
from tests.pages import read


def test_a_referral_on_its_way_says_what_comes_next_and_by_when(desk, patient, browser):
    desk.sent(patient)

    history, home = read(browser.get("/my/dispatch")), read(browser.get("/my"))

    assert "Waiting for a time" in history
    assert "Your doctor sent the referral" in history
    for page in (history, home):
        assert "The dispatcher finds a time and a place for you. You need not do anything." in page
        assert "You must be seen by" in page
        assert "overdue" not in page


def test_a_booked_visit_stands_first_with_date_time_place_and_what_to_bring(desk, patient, browser):
    starts_in = timedelta(days=3)
    desk.booked(desk.sent(patient), desk.slot(starts_in=starts_in))

    home, history = read(browser.get("/my")), read(browser.get("/my/dispatch"))

    assert day(now() + starts_in) in home
    assert re.search(r"\d\d:\d\d–\d\d:\d\d ?, 20 min", history)
    assert "Polyclinic of the test Nezhinka, 5 School Street Cardiologist, room" in home
    assert "Telephone: +7 000 000-00-05 Show on a map" in home
    assert "Please bring your passport" in home
    assert history.index("Your doctor sent the referral") < history.index(
        "The dispatcher booked a time for you"
    )


def test_a_visit_says_how_to_prepare_where_there_is_something_to_prepare(desk, patient, browser):
    scan, visit = desk.sent(patient, service_code="I-MRI"), desk.sent(patient)
    desk.booked(scan, desk.slot(service_code="I-MRI"))
    desk.booked(visit, desk.slot(starts_in=timedelta(days=4)))

    history = read(browser.get("/my/dispatch"))

    assert history.count("How to prepare Take off all metal.") == 1
    assert history.count("How to prepare") == 1


def test_a_cancelled_booking_gives_its_reason_and_the_search_goes_on(desk, patient, browser, as_actor):
    booking_id = desk.booked(desk.sent(patient), desk.slot())
    with as_actor(desk.dispatcher.actor) as session:
        cancel_booking(session, booking_id, reason="Врач заболел")

    history, home = read(browser.get("/my/dispatch")), read(browser.get("/my"))

    assert "The booking was cancelled; a new time is being looked for. Reason: Врач заболел" in history
    assert "The dispatcher finds a time and a place for you." in home


def test_an_overdue_referral_says_so_who_is_responsible_and_where_to_complain(desk, patient, browser):
    desk.sent_on(now() - timedelta(days=90), patient)

    history, home = read(browser.get("/my/dispatch")), read(browser.get("/my"))

    for page in (history, home):
        assert re.search(r"\b\d+ days overdue", page)
        assert "You should have been seen already" in page
        assert "You need not do anything" not in page
        assert "You must be seen by" not in page
    assert "Who is responsible now Polyclinic of the test" in history
    assert "Where to complain Ask your insurance company" in history
    assert "Responsible now: Polyclinic of the test" in home


def test_a_time_after_the_legal_day_is_told_as_late(desk, patient, browser):
    desk.booked(desk.sent(patient), desk.slot(starts_in=timedelta(days=80)))

    for address in ("/my", "/my/dispatch"):
        assert "days later than the law allows" in read(browser.get(address))


def test_a_visit_whose_time_is_over_is_not_asked_for_any_more(desk, patient, browser):
    desk.visited(patient)

    history = read(browser.get("/my/dispatch"))

    assert "nobody has noted yet how the visit went" in history
    assert "Come at the time booked" not in history


def test_the_doctor_s_note_is_promised_only_where_there_is_one(desk, patient, browser, people, as_actor):
    _referral, booking_id = desk.visited(patient)
    with as_actor(desk.dispatcher.actor) as session:
        record_outcome(session, booking_id, outcome=Outcome.SERVED)

    before = read(browser.get("/my/dispatch"))
    specialist = people.doctor(facility_id=desk.target_id)
    note = signed_note(as_actor, specialist, patient.id, seen_at=now() - timedelta(minutes=30))
    after = browser.get("/my/dispatch")

    assert "You have been seen. There is nothing you need to do." in before
    assert "note" not in before
    assert "The doctor’s note General practitioner" in read(after)
    assert f'href="/my/timeline/{note}"' in after.text


LEGAL_DAY = date(2026, 5, 20)


@pytest.mark.parametrize(
    ("state", "visit_day", "today", "outlook", "late"),
    [
        (State.SUBMITTED, None, 20, Outlook.WAITING, 0),
        (State.SUBMITTED, None, 21, Outlook.OVERDUE, 1),
        (State.NO_SHOW, None, 20, Outlook.MISSED, 0),
        (State.NO_SHOW, None, 31, Outlook.OVERDUE, 11),
        (State.BOOKED, 20, 18, Outlook.BOOKED, 0),
        (State.BOOKED, 22, 18, Outlook.BOOKED_LATE, 2),
        (State.BOOKED, 20, 25, Outlook.UNRECORDED, 0),
        (State.SERVED, 20, 25, Outlook.SERVED, 0),
        (State.REVOKED, None, 25, Outlook.REVOKED, 0),
    ],
)
def test_how_a_referral_stands_follows_from_its_facts(state, visit_day, today, outlook, late):
    told = prospect_of(
        state,
        due_on=LEGAL_DAY,
        due_at=_noon(20) + timedelta(hours=12),
        visit=(_noon(visit_day), _noon(visit_day) + timedelta(hours=1)) if visit_day else None,
        at=_noon(today),
    )

    assert told == Prospect(outlook, late)


@pytest.mark.parametrize("state", [State.SUBMITTED, State.BOOKED])
def test_a_term_of_hours_is_broken_on_its_own_day(state):
    noon = _noon(LEGAL_DAY.day)
    told = [
        prospect_of(state, due_on=LEGAL_DAY, due_at=noon, visit=(at, at + timedelta(hours=1)), at=at)
        for at in (noon - timedelta(minutes=1), noon)
    ]

    kept, broken = (
        (Outlook.WAITING, Outlook.OVERDUE)
        if state is State.SUBMITTED
        else (Outlook.BOOKED, Outlook.BOOKED_LATE)
    )
    assert told == [Prospect(kept), Prospect(broken)]


def test_a_term_that_was_broken_today_is_told_without_a_number_of_days(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        words = app.jinja_env.get_template("portal/dispatch/words.html").make_module()
        told = [str(words.lateness(Prospect(each))) for each in (Outlook.OVERDUE, Outlook.BOOKED_LATE)]

    assert "overdue today" in told[0]
    assert "later than the law allows" in told[1]
    assert "0 day" not in "".join(told)


def _noon(day):
    return datetime(LEGAL_DAY.year, LEGAL_DAY.month, day, 12, tzinfo=UTC)


def test_who_needs_a_bed_now_reads_that_hospitals_are_called_and_of_no_time(desk, patient, client_for):
    desk.sent(patient, service_code="B-THER", priority=Priority.EMERGENCY)
    browser = client_for(patient.actor)

    for address in ("/my", "/my/dispatch"):
        page = read(browser.get(address, headers={"Accept-Language": "en"}))
        assert "ask the hospitals for it by telephone" in page
        assert "finds a time and a place for you" not in page


def test_who_missed_a_visit_is_told_how_to_call_the_clinic_that_is_to_be_told(desk, patient, browser):
    _referral_id, booking_id = desk.visited(patient)
    with desk.as_actor(desk.dispatcher.actor) as session:
        record_outcome(session, booking_id, outcome=Outcome.NO_SHOW)

    home, referrals = read(browser.get("/my")), read(browser.get("/my/dispatch"))

    for page in (home, referrals):
        assert "If you no longer need the visit, tell your clinic." in page
    assert "Polyclinic of the test. Telephone: +7 000 000-00-05" in home
    assert "Referred by Polyclinic of the test Telephone: +7 000 000-00-05" in referrals


def test_another_s_referral_is_nowhere_to_be_seen(desk, patient, people, client_for, walls):
    desk.booked(desk.sent(patient), desk.slot())
    stranger = client_for(people.patient().actor)

    assert "R-20" not in read(stranger.get("/my/dispatch"))
    assert "R-20" not in read(stranger.get("/my"))


def test_the_news_follow_the_referral(desk, patient, browser, app, as_worker):
    referral_id = desk.sent(patient)
    _deliver(app, as_worker, patient)
    sent = browser.get("/my")
    [number] = re.findall(r'id="(R-[^"]+)"', browser.get("/my/dispatch").text)
    desk.booked(referral_id, desk.slot())
    _deliver(app, as_worker, patient)
    booked = browser.get("/my")

    assert re.search(r"You have been referred: \w[^.]+ News of", read(sent)), "it says to whom"
    assert f'<a href="/my/dispatch#{number}">You have been referred: ' in sent.text
    assert "You have been referred" not in read(booked), "the later news tell of it"
    assert f'<a href="/my/dispatch#{number}">A time has been booked for you: ' in booked.text
    assert re.search(
        r"A time has been booked for you: [^.]+, \d+ \w+ \d{4}, \d\d:\d\d News of \d+ \w+ \d{4}",
        read(booked),
    ), "the day of the visit and the day of the news are told apart"


def test_news_of_a_time_that_stands_no_more_are_not_told(desk, patient, browser, app, as_worker):
    referral_id = desk.sent(patient)
    booking_id = desk.booked(referral_id, desk.slot())
    with desk.as_actor(desk.dispatcher.actor) as session:
        cancel_booking(session, booking_id, reason="Врач заболел")
    _deliver(app, as_worker, patient)
    cancelled = read(browser.get("/my"))
    desk.booked(referral_id, desk.slot(starts_in=timedelta(days=5)))
    _deliver(app, as_worker, patient)
    again = read(browser.get("/my"))

    assert "A time has been booked for you" not in cancelled
    assert re.search(r"A booking was cancelled: \w[^.]+ News of", cancelled)
    assert again.count("A time has been booked for you") == 1, "the time that stands, once"


def _deliver(app, as_worker, patient) -> None:
    """Hand this patient's messages to their handlers, as the worker does."""
    with as_worker() as session:
        for message in session.scalars(select(OutboxMessage)).all():
            if message.payload.get("patient_id") == str(patient.id):
                for handler in app.extensions["handlers"][message.topic]:
                    handler(session, message.payload)


def test_the_patient_reads_a_word_for_every_outlook(app):
    with app.test_request_context():
        words = app.jinja_env.get_template("portal/dispatch/words.html").module
        said = {words.what_comes_next(Prospect(each)) for each in Outlook}

    assert all(said)
    assert len(said) == len(Outlook)
