"""A time is closed: nobody is booked there any more, whoever was stays until they are moved, and a mistake is opened again."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError

from dispatch_backend.bookings.actions.bookings import cancel_booking
from dispatch_backend.bookings.tables import SlotOccupancy
from dispatch_backend.capacity.enumerations import ClosingReason
from dispatch_backend.capacity.tables import ClosedTime, ClosedTimeEnd, Slot
from dispatch_backend.console.actions import open_referral
from dispatch_backend.routing.queries.offers import OfferFilter
from dispatch_backend.schedules.actions.closed_times import AskedClosing, close_time, reopen_time
from dispatch_backend.schedules.rules import PartOfDay
from foundation.clock import now
from foundation.errors import NotFound, RuleBroken
from identity.roles import STAFF_ROLES, Role
from tests.dispatch_backend.schedules.conftest import ENGLISH
from tests.pages import hidden_fields, read


def _closed(keeping, begins: int, ends: int, *, seen: int = 0, words: str = ""):
    with keeping.desk.as_actor(keeping.keeper.actor) as session:
        part = PartOfDay(keeping.at(begins), keeping.at(ends))
        reason = ClosingReason.OTHER if words else ClosingReason.ILLNESS
        close_time(session, keeping.resource_id, part, AskedClosing(reason, words, seen))
    return _newest(keeping)


def _newest(keeping):
    with keeping.desk.as_actor(keeping.keeper.actor) as session:
        statement = (
            "SELECT id FROM dispatch.closed_time WHERE resource_id = :id ORDER BY closed_at DESC LIMIT 1"
        )
        return session.scalar(text(statement), {"id": keeping.resource_id})


def _reopened(keeping, closed_time_id, actor=None):
    with keeping.desk.as_actor(actor or keeping.keeper.actor) as session:
        reopen_time(session, closed_time_id)


def _offered(keeping, referral_id):
    with keeping.desk.as_actor(keeping.desk.dispatcher.actor) as session:
        place = OfferFilter(place_id=keeping.desk.target_id)
        return {each.slot.id for each in open_referral(session, referral_id, wanted=place).slots}


def _taken(keeping, slot_id):
    with keeping.desk.as_loader() as session:
        return session.get_one(Slot, slot_id).taken


def test_a_closed_time_is_offered_and_booked_no_more_and_a_reopened_one_is(keeping):
    slots, waiting = [keeping.slot(hour) for hour in (10, 11, 12)], keeping.desk.sent()

    closed_time_id = _closed(keeping, 10, 12)

    assert _offered(keeping, waiting) & set(slots) == {slots[2]}
    with pytest.raises(RuleBroken, match="taken"):
        keeping.desk.booked(waiting, slots[0])
    _reopened(keeping, closed_time_id)
    _reopened(keeping, closed_time_id)
    assert _offered(keeping, waiting) >= set(slots)
    assert keeping.desk.booked(waiting, slots[0])


def test_times_that_touch_a_closed_one_are_open_and_those_that_overlap_it_are_not(keeping):
    before, overlapping, after = (keeping.slot(9, 40), keeping.slot(10, 50), keeping.slot(11))

    _closed(keeping, 10, 11)

    assert [_taken(keeping, each) for each in (before, overlapping, after)] == [False, True, False]


def test_who_is_booked_there_stays_booked_and_the_time_is_not_free_after_they_are_gone(keeping):
    slot_id = keeping.slot(10)
    booking_id = keeping.desk.booked(keeping.desk.sent(), slot_id)

    closed_time_id = _closed(keeping, 10, 11, seen=1)

    with keeping.desk.as_actor(keeping.desk.dispatcher.actor) as session:
        assert session.get_one(SlotOccupancy, slot_id).booking_id == booking_id
        cancel_booking(session, booking_id, reason="Doctor ill")
    assert _taken(keeping, slot_id)
    _reopened(keeping, closed_time_id)
    assert not _taken(keeping, slot_id)


def test_what_is_still_booked_when_it_is_opened_again_is_not_free(keeping):
    slot_id = keeping.slot(10)
    keeping.desk.booked(keeping.desk.sent(), slot_id)

    _reopened(keeping, _closed(keeping, 10, 11, seen=1))

    assert _taken(keeping, slot_id)


def test_of_two_that_overlap_opening_one_leaves_the_other_closed(keeping):
    slot_id = keeping.slot(10)
    first = _closed(keeping, 9, 11)
    _closed(keeping, 10, 12)

    _reopened(keeping, first)

    assert _taken(keeping, slot_id)


def test_times_that_are_offered_later_are_closed_too_whoever_offers_them(keeping, client_for):
    _closed(keeping, 10, 12)

    by_file = keeping.slot(11)
    assert keeping.asked(client_for(keeping.keeper.actor), begins="10:00", ends="11:00").status_code == 303

    assert _taken(keeping, by_file)
    assert not _offered(keeping, keeping.desk.sent()) & {by_file}
    page = client_for(keeping.keeper.actor).get(
        f"/dispatch/schedules/{keeping.resource_id}?day={keeping.day}", headers=ENGLISH
    )
    assert "Free: 1 · Taken: 0" in read(page)
    assert "10:20–10:40 closed" in read(page)


def test_a_process_of_the_version_before_is_refused_in_its_own_words(keeping, as_actor):
    """It writes the booking and its occupancy by itself, whatever it believes of the slot."""
    referral_id, slot_id = keeping.desk.sent(), keeping.slot(10)
    _closed(keeping, 10, 11)

    with (
        pytest.raises(DBAPIError, match="the time is closed") as refused,
        as_actor(keeping.desk.dispatcher.actor) as session,
    ):
        whose = {
            "referral": referral_id,
            "slot": slot_id,
            "booking": uuid4(),
            "by": keeping.desk.dispatcher.id,
        }
        for statement in (
            "INSERT INTO dispatch.booking (id, referral_id, patient_id, slot_id, booked_by) "
            "SELECT :booking, id, patient_id, :slot, :by FROM dispatch.referral WHERE id = :referral",
            "INSERT INTO dispatch.slot_occupancy (slot_id, booking_id, referral_id, patient_id, starts_at) "
            "SELECT s.id, :booking, r.id, r.patient_id, s.starts_at FROM dispatch.slot s, dispatch.referral r "
            "WHERE s.id = :slot AND r.id = :referral",
        ):
            session.execute(text(statement), whose)

    assert refused.value.orig.diag.constraint_name == "slot_occupancy_pkey"


def test_the_keeper_reads_exactly_how_many_are_touched_before_anything_is_closed(keeping, client_for):
    browser = client_for(keeping.keeper.actor)
    for hour in (10, 11):
        keeping.desk.booked(keeping.desk.sent(), keeping.slot(hour))
    keeping.slot(12)
    address = f"/dispatch/schedules/{keeping.resource_id}/closed-times"

    page = browser.get(f"{address}/new?day={keeping.day}&begins=09:00&ends=11:00", headers=ENGLISH)
    whole_day = read(browser.get(f"{address}/new?day={keeping.day}", headers=ENGLISH))

    assert "1 free time will no longer be offered." in read(page)
    assert "1 patient is booked there." in read(page)
    assert "2 free times will no longer be offered." in whole_day
    assert "2 patients are booked there." in whole_day
    keeping.desk.booked(keeping.desk.sent(), keeping.slot(10, 20))
    form = {**hidden_fields(page), "close-reason": "illness"}
    refused = browser.post(address, data=form, headers=ENGLISH)
    assert refused.status_code == 412
    assert "2 patients are booked there." in read(refused)
    assert _newest(keeping) is None
    taken = browser.post(address, data={**form, **hidden_fields(refused)}, headers=ENGLISH)
    assert taken.status_code == 303
    week = read(browser.get(taken.location, headers=ENGLISH))
    assert "2 patients are booked for closed times of this week" in week
    assert "10:00–10:20 taken, to be moved" in week
    assert "11:00–11:20 taken 12" in week


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"close-reason": "other"}, "Say the other reason in words."),
        ({"close-reason": ""}, "Say why the time is closed."),
        ({"close-seen": ""}, "There is a problem"),
        ({"close-ends": "08:00"}, "The end has to be later than the beginning."),
        ({"close-ends": "09:00", "close-begins": "09:00"}, "The end has to be later than the beginning."),
        ({"close-day": "2020-05-03", "close-last_day": ""}, "This time is over."),
    ],
)
def test_what_cannot_be_closed_is_said_and_nothing_is(keeping, client_for, typed, told):
    browser, address = (
        client_for(keeping.keeper.actor),
        f"/dispatch/schedules/{keeping.resource_id}/closed-times",
    )
    page = browser.get(f"{address}/new?day={keeping.day}&begins=09:00&ends=11:00", headers=ENGLISH)

    answer = browser.post(
        address, data={**hidden_fields(page), "close-reason": "illness", **typed}, headers=ENGLISH
    )

    assert answer.status_code in (409, 422)
    assert told in read(answer)
    assert _newest(keeping) is None


def test_what_has_passed_stays_as_it_was(keeping):
    with keeping.desk.as_actor(keeping.keeper.actor) as session:
        part = PartOfDay(now() - timedelta(hours=5), now() + timedelta(hours=1))
        close_time(session, keeping.resource_id, part, AskedClosing(ClosingReason.ILLNESS, "", 0))
        (during,) = session.scalars(
            text("SELECT during FROM dispatch.closed_time ORDER BY closed_at DESC LIMIT 1")
        )

    assert abs(during.lower - now()) < timedelta(minutes=5)


def test_the_form_sent_twice_closes_once_and_both_acts_are_in_the_audit(
    keeping, client_for, as_administrator
):
    browser, address = (
        client_for(keeping.keeper.actor),
        f"/dispatch/schedules/{keeping.resource_id}/closed-times",
    )
    page = browser.get(f"{address}/new?day={keeping.day}", headers=ENGLISH)
    form = {**hidden_fields(page), "close-reason": "out_of_order"}
    answers = [browser.post(address, data=form, headers=ENGLISH) for _ in range(2)]
    week = browser.get(answers[0].location, headers=ENGLISH)
    closed_time_id = _newest(keeping)

    reopened = browser.post(
        f"/dispatch/closed-times/{closed_time_id}/end", data=hidden_fields(week), headers=ENGLISH
    )

    assert [each.status_code for each in (*answers, reopened)] == [303, 303, 303]
    with as_administrator() as connection:
        told = connection.execute(
            text(
                "SELECT act FROM foundation.audit_event WHERE object_id = :id AND staff_id = :staff ORDER BY id"
            ),
            {"id": closed_time_id, "staff": keeping.keeper.id},
        ).scalars()
    assert list(told) == ["time.closed", "time.reopened"]


def test_who_keeps_another_facility_closes_and_opens_nothing_here(keeping, people):
    stranger = people.staff(Role.SCHEDULE_KEEPER)
    closed_time_id = _closed(keeping, 10, 11)

    with pytest.raises(NotFound), keeping.desk.as_actor(stranger.actor) as session:
        close_time(
            session,
            keeping.resource_id,
            PartOfDay(keeping.at(12), keeping.at(13)),
            AskedClosing(ClosingReason.ILLNESS, "", 0),
        )
    for unknown in (closed_time_id, uuid4()):
        with pytest.raises(NotFound):
            _reopened(keeping, unknown, stranger.actor)
    with keeping.desk.as_actor(stranger.actor) as session:
        booked = "SELECT count(*) FROM dispatch.booked_slots(:id, tstzrange(now(), NULL))"
        assert session.scalar(text(booked), {"id": keeping.resource_id}) == 0


def _write(session, keeping, closed_by):
    part = Range(keeping.at(12), keeping.at(13), bounds="[)")
    session.add(
        ClosedTime(
            resource_id=keeping.resource_id, during=part, reason=ClosingReason.ILLNESS, closed_by=closed_by
        )
    )
    session.flush()


@pytest.mark.parametrize("role", [each for each in STAFF_ROLES if each is not Role.SCHEDULE_KEEPER])
def test_nobody_else_closes_or_opens_a_time_past_the_service(keeping, people, as_actor, role):
    somebody, closed_time_id = people.staff(role, facility_id=people.center()), _closed(keeping, 10, 11)

    with pytest.raises(DBAPIError, match="row-level security"), as_actor(somebody.actor) as session:
        _write(session, keeping, somebody.id)
    with pytest.raises(DBAPIError, match="row-level security"), as_actor(somebody.actor) as session:
        session.add(ClosedTimeEnd(closed_time_id=closed_time_id, ended_by=somebody.id))
        session.flush()
    with as_actor(somebody.actor) as session:
        read_by = session.query(ClosedTime).filter_by(id=closed_time_id).count()
    assert read_by == (1 if role in (Role.DISPATCHER, Role.SHIFT_LEAD) else 0)


def test_nobody_closes_in_anothers_name_or_takes_back_what_was_written(keeping, as_actor):
    closed_time_id = _closed(keeping, 10, 11)

    with pytest.raises(DBAPIError, match="row-level security"), as_actor(keeping.keeper.actor) as session:
        _write(session, keeping, keeping.desk.dispatcher.id)
    for statement in ("DELETE FROM dispatch.closed_time", "UPDATE dispatch.closed_time SET words = 'x'"):
        with pytest.raises(DBAPIError, match="permission denied"), as_actor(keeping.keeper.actor) as session:
            session.execute(text(statement))
    assert _newest(keeping) == closed_time_id


def test_each_wall_alone_keeps_a_keeper_from_opening_anothers_time(keeping, people, walled):
    stranger, closed_time_id = people.staff(Role.SCHEDULE_KEEPER), _closed(keeping, 10, 11)
    walled()

    with pytest.raises(NotFound):
        _reopened(keeping, closed_time_id, stranger.actor)
