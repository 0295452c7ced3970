"""News reach the first page once, however often the outbox delivers them."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from archive_gateway.studies.actions.assigning import assign_study
from archive_gateway.studies.tables.studies import Study
from emr.notes.actions.notes import save_note
from emr.notes.actions.signatures import sign_entry
from foundation.clock import now, today
from foundation.identifiers import new_id
from foundation.language.translation import day
from foundation.outbox import OutboxMessage
from portal.notices.actions import (
    add_booking_notice,
    add_cancellation_notice,
    add_entry_notice,
    add_import_notice,
    add_loaded_referral_notices,
    add_referral_notice,
    add_study_notice,
)
from portal.notices.rules import is_new_study
from portal.notices.tables import Notice
from tests.archive_gateway.studies.factories import study_of
from tests.dispatch_backend.factories import Desk
from tests.emr.fhir_import.factories import imported_patient, observation, person_with
from tests.emr.notes.factories import amended_note, note, signed_note, unsigned_note
from tests.pages import read

HANDLERS = [
    add_entry_notice,
    add_referral_notice,
    add_booking_notice,
    add_cancellation_notice,
    add_study_notice,
    add_import_notice,
]


@pytest.fixture
def desk(people, as_actor, as_loader) -> Desk:
    return Desk(people, as_actor, as_loader)


def _payload(patient_id, object_id=None, **more):
    return {"patient_id": str(patient_id), "object_id": str(object_id or new_id()), "at": "2026", **more}


def _arrived(as_loader, as_worker, patient_id, *, taken_on) -> str:
    """Images were taken that day, and the patient's notice of them is written today."""
    uid = study_of(as_loader, patient_id, taken_on=taken_on)
    with as_loader() as session:
        study_id = session.scalar(select(Study.id).where(Study.study_instance_uid == uid))
    with as_worker() as session:
        add_study_notice(session, _payload(patient_id, study_id))
    return uid


def _count(as_worker, patient_id) -> int:
    with as_worker() as session:
        return session.scalar(select(func.count()).select_from(Notice).where(Notice.patient_id == patient_id))


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_message_delivered_twice_is_one_notice(handler, people, as_worker):
    payload = _payload(people.patient().id)

    for _ in range(2):
        with as_worker() as session:
            handler(session, payload)

    assert _count(as_worker, payload["patient_id"]) == 1


def test_an_amendment_is_news_of_its_own(people, as_worker):
    patient, entry = people.patient(), new_id()

    with as_worker() as session:
        for number in (1, 2, 2, 3):
            add_entry_notice(session, _payload(patient.id, entry, number=number))

    assert _count(as_worker, patient.id) == 3


def test_the_first_signature_of_a_draft_saved_twice_is_no_amendment(somebody, as_actor, as_worker):
    author, patient = somebody.doctor, somebody.patient
    entry_id = unsigned_note(as_actor, author, patient.id)
    with as_actor(author.actor) as session:
        save_note(session, entry_id, note=note(plan="Покой"), seen_number=1, reason="")
        sign_entry(session, entry_id, seen_number=2)

    with as_worker() as session:
        messages = session.scalars(select(OutboxMessage.payload).where(OutboxMessage.topic == "entry.signed"))
        [told] = [each for each in messages if each["object_id"] == str(entry_id)]
        add_entry_notice(session, told)

    home = read(somebody.browser.get("/my"))
    assert "New in your record" in home
    assert "Amended in your record" not in home


def test_a_second_booking_after_a_cancellation_is_news(people, as_worker):
    patient, referral = people.patient(), new_id()

    with as_worker() as session:
        for booking_id in ("one", "one", "two"):
            add_booking_notice(session, _payload(patient.id, referral, booking_id=booking_id))

    assert _count(as_worker, patient.id) == 2


def test_the_first_page_tells_what_is_new_until_the_next_visit(somebody, as_actor, as_worker, client_for):
    entry = signed_note(as_actor, somebody.doctor, somebody.patient.id)
    with as_worker() as session:
        add_entry_notice(session, _payload(somebody.patient.id, entry))

    assert "New in your record" in read(somebody.browser.get("/my"))
    assert "New in your record" in read(somebody.browser.get("/my")), "it stays while the visit lasts"

    later = client_for(somebody.patient.actor)
    later.set_cookie("language", "en")
    assert "There is nothing new since you last looked." in read(later.get("/my"))


def test_news_bear_the_day_on_which_they_were_recorded(somebody, as_actor, as_worker, client_for):
    recorded_at = now() - timedelta(days=3)
    entry = signed_note(as_actor, somebody.doctor, somebody.patient.id)
    # Who looked meanwhile has not seen it: nobody had told of it.
    somebody.browser.get("/my")
    with as_worker() as session:
        add_entry_notice(session, _payload(somebody.patient.id, entry, announced_at=recorded_at.isoformat()))

    later = client_for(somebody.patient.actor)
    later.set_cookie("language", "en")

    words = read(later.get("/my"))
    assert "New in your record" in words
    assert f"News of {day(recorded_at, locale='en')}" in words


def test_a_first_visit_has_its_own_words(somebody):
    first = read(somebody.browser.get("/my"))

    assert "This is your first visit. Nothing has come into your record in the last 30 days." in first
    assert "since you last looked" not in first


def test_a_first_visit_tells_what_was_taken_in_before_anybody_listened(somebody, as_actor):
    signed_note(as_actor, somebody.doctor, somebody.patient.id, seen_at=now() - timedelta(days=3))
    signed_note(as_actor, somebody.doctor, somebody.patient.id, seen_at=now() - timedelta(days=40))

    page = read(somebody.browser.get("/my"))

    assert "This is your first visit. Here is what happened lately." in page
    assert page.count("New in your record") == 1


def test_entries_that_another_system_sends_are_news(somebody, as_loader, as_worker, app, people):
    patient_id = imported_patient(
        as_loader, person_with(observation), facility_id=somebody.doctor.facility_id
    )

    assert _deliver(app, as_worker, patient_id) == ["record.imported"]
    assert _count(as_worker, patient_id) == 1


def test_referrals_that_are_loaded_in_bulk_are_news_where_they_are_recent(desk, app, as_worker, client_for):
    patient = desk.patient()
    browser = client_for(patient.actor)
    browser.set_cookie("language", "en")
    browser.get("/my")
    sent_at = now() - timedelta(days=2)
    desk.sent_on(now() - timedelta(days=90), patient, service_code="C-NEUR")
    desk.sent_on(sent_at, patient)
    _deliver(app, as_worker, patient.id)

    later = client_for(patient.actor)
    later.set_cookie("language", "en")

    news = read(later.get("/my"))
    assert news.count("You have been referred: ") == 1
    assert f"News of {day(sent_at, locale='en')}" in news, "of the day of the sending, not of the loading"


def test_a_visit_that_is_loaded_in_bulk_is_news_of_the_day_of_its_booking(desk, app, as_worker, client_for):
    patient = desk.patient()
    browser = client_for(patient.actor)
    browser.set_cookie("language", "en")
    desk.visited(patient)
    _deliver(app, as_worker, patient.id)

    news, booked_at = read(browser.get("/my")), now() - timedelta(days=3) + timedelta(hours=1)

    assert "A time has been booked for you: " in news
    assert f"News of {day(booked_at, locale='en')}" in news


def test_referrals_in_a_message_that_names_no_moments_are_news_of_its_own(desk, as_worker):
    patient, announced_at = desk.patient(), now() - timedelta(days=4)
    referral = {"patient_id": str(patient.id), "object_id": str(new_id()), "act": "referral.sent"}

    with as_worker() as session:
        add_loaded_referral_notices(
            session, {"announced_at": announced_at.isoformat(), "referrals": [referral]}
        )
        kept = select(Notice.recorded_at).where(Notice.patient_id == patient.id)
        assert session.scalars(kept).all() == [announced_at]


def _deliver(app, as_worker, patient_id) -> list[str]:
    """Hand this patient's messages to their handlers, as the worker does; their topics."""
    topics = []
    with as_worker() as session:
        for message in session.scalars(select(OutboxMessage)).all():
            if str(patient_id) in str(message.payload):
                topics.append(message.topic)
                for handler in app.extensions["handlers"][message.topic]:
                    handler(session, message.payload)
    return topics


def test_old_images_of_a_first_import_are_no_news_and_recent_ones_are(somebody, as_loader, as_worker):
    _arrived(as_loader, as_worker, somebody.patient.id, taken_on=today() - timedelta(days=31))
    recent = _arrived(as_loader, as_worker, somebody.patient.id, taken_on=today() - timedelta(days=29))

    page = somebody.browser.get("/my")

    assert read(page).count("New images of you") == 1
    assert f"/my/images/{recent}" in page.get_data(as_text=True)


def test_old_images_that_arrive_after_a_visit_are_news(somebody, as_loader, as_worker, client_for):
    somebody.browser.get("/my")
    _arrived(as_loader, as_worker, somebody.patient.id, taken_on=date(2009, 5, 3))

    later = client_for(somebody.patient.actor)
    later.set_cookie("language", "en")

    assert read(later.get("/my")).count("New images of you") == 1


def test_images_given_to_somebody_else_are_no_news(somebody, people, as_loader, as_worker):
    study = _arrived(as_loader, as_worker, somebody.patient.id, taken_on=today())
    with as_loader() as session:
        assign_study(session, study, patient_id=people.patient().id)

    assert "New images of you" not in read(somebody.browser.get("/my"))


def test_images_whose_day_nobody_knows_are_news():
    assert is_new_study(None, last_visit=None, today=date(2026, 5, 3))


def test_a_citizen_cannot_write_notices(somebody, as_actor):
    with pytest.raises(ProgrammingError), as_actor(somebody.patient.actor) as session:
        add_entry_notice(session, _payload(somebody.patient.id))


def test_many_imported_entries_stay_a_few_lines(somebody, as_worker):
    with as_worker() as session:
        for _ in range(40):
            add_entry_notice(session, _payload(somebody.patient.id))

    assert "And 37 more like the last one." in read(somebody.browser.get("/my"))


def test_a_notice_kept_in_the_former_word_is_told_as_an_amendment(somebody, as_actor, as_administrator):
    entry = amended_note(as_actor, somebody.doctor, somebody.patient.id, reason="Diagnosis made precise")
    with as_administrator() as connection:
        connection.execute(
            text(
                "INSERT INTO portal.notice VALUES (gen_random_uuid(), :patient, 'correction', :entry, '2', now())"
            ),
            {"patient": somebody.patient.id, "entry": entry},
        )

    assert "Amended in your record" in read(somebody.browser.get("/my"))
