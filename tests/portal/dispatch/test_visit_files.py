"""A visit that is to come goes into the patient's own calendar, with the place and what to bring; nobody else's does."""

from datetime import UTC, timedelta
from uuid import uuid4

from icalendar import Calendar
from sqlalchemy import select, text

from dispatch_backend.bookings.actions.bookings import cancel_booking
from dispatch_backend.capacity.tables import Slot
from tests.pages import read


def address(referral_id) -> str:
    return f"/my/referrals/{referral_id}/visit.ics"


def test_the_file_says_when_where_and_what_to_bring(desk, patient, browser, as_loader):
    referral_id, slot_id = desk.sent(patient), desk.slot(starts_in=timedelta(days=3))
    booking_id = desk.booked(referral_id, slot_id)
    assert f'href="{address(referral_id)}"' in browser.get("/my/dispatch").text

    answer = browser.get(address(referral_id))

    assert answer.content_type == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    with as_loader() as session:
        starts_at, ends_at, resource = session.execute(
            select(Slot.starts_at, Slot.ends_at, Slot.resource_en).where(Slot.id == slot_id)
        ).one()
    assert (event.start.astimezone(UTC), event.end.astimezone(UTC)) == (
        starts_at.replace(microsecond=0),
        ends_at.replace(microsecond=0),
    )
    assert str(event["summary"]) in read(browser.get("/my/dispatch"))
    assert resource in event["location"]
    assert "Referral " in event["description"]
    assert str(booking_id) in event["uid"]
    (alarm,) = event.walk("VALARM")
    assert alarm["trigger"].dt == timedelta(days=-1)
    assert "A visit was downloaded for a calendar" in read(browser.get("/my/access?whose=everyone"))


def test_a_visit_that_was_cancelled_is_in_no_file(desk, patient, browser, as_actor):
    referral_id = desk.sent(patient)
    booking_id = desk.booked(referral_id, desk.slot())
    with as_actor(desk.dispatcher.actor) as session:
        cancel_booking(session, booking_id, reason="Врач заболел")

    assert browser.get(address(referral_id)).status_code == 404
    assert "visit.ics" not in browser.get("/my/dispatch").text


def test_a_stranger_s_visit_is_as_absent_as_one_that_never_was(desk, browser, walls):
    of_a_stranger = desk.sent()
    desk.booked(of_a_stranger, desk.slot())

    foreign, absent = (browser.get(address(each)) for each in (of_a_stranger, uuid4()))

    assert foreign.status_code == absent.status_code == 404
    assert read(foreign) == read(absent)


def test_words_stay_one_line_of_the_file(desk, patient, browser, people, as_administrator):
    facility_id = people.facility()
    rename = text("UPDATE identity.facility SET name_en = :name WHERE id = :id")
    with as_administrator() as connection:
        connection.execute(rename, {"id": facility_id, "name": "Clinic\r\nBEGIN:VEVENT; with, signs\\"})
    referral_id = desk.sent(patient)
    desk.booked(referral_id, desk.slot(facility_id=facility_id))

    (event,) = Calendar.from_ical(browser.get(address(referral_id)).data).walk("VEVENT")

    assert "BEGIN:VEVENT; with, signs\\" in event["location"]
