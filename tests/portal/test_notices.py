"""News reach the first page once, however often the outbox delivers them."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import ProgrammingError

from foundation.identifiers import new_id
from portal.actions import (
    notice_booking,
    notice_cancellation,
    notice_entry,
    notice_referral,
    notice_study,
)
from portal.tables import Notice
from tests.portal.factories import read, signed_note

HANDLERS = [notice_entry, notice_referral, notice_booking, notice_cancellation, notice_study]


def _payload(patient_id, object_id=None, **more):
    return {"patient_id": str(patient_id), "object_id": str(object_id or new_id()), **more}


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


def test_a_correction_is_news_of_its_own(people, as_worker):
    patient, entry = people.patient(), new_id()

    with as_worker() as session:
        for number in (1, 2, 2, 3):
            notice_entry(session, _payload(patient.id, entry, number=number))

    assert _count(as_worker, patient.id) == 3


def test_a_second_booking_after_a_cancellation_is_news(people, as_worker):
    patient, referral = people.patient(), new_id()

    with as_worker() as session:
        for booking_id in ("one", "one", "two"):
            notice_booking(session, _payload(patient.id, referral, booking_id=booking_id))

    assert _count(as_worker, patient.id) == 2


def test_the_first_page_tells_what_is_new_until_the_next_visit(somebody, as_actor, as_worker, client_for):
    entry = signed_note(as_actor, somebody.doctor, somebody.patient.id)
    with as_worker() as session:
        notice_entry(session, _payload(somebody.patient.id, entry))

    assert "New in your record" in read(somebody.browser.get("/my"))
    assert "New in your record" in read(somebody.browser.get("/my")), "it stays while the visit lasts"

    later = client_for(somebody.patient.actor)
    later.set_cookie("language", "en")
    assert "There is nothing new since you last looked." in read(later.get("/my"))


def test_a_citizen_cannot_write_notices(somebody, as_actor):
    with pytest.raises(ProgrammingError), as_actor(somebody.patient.actor) as session:
        notice_entry(session, _payload(somebody.patient.id))


def test_many_imported_entries_stay_a_few_lines(somebody, as_worker):
    with as_worker() as session:
        for _ in range(40):
            notice_entry(session, _payload(somebody.patient.id))

    assert "And 37 more like the last one." in read(somebody.browser.get("/my"))
