"""The queue's order and pages, its filters and numbers, and the slots that are offered."""

from datetime import timedelta

import pytest
from sqlalchemy import literal, select
from werkzeug.datastructures import MultiDict

from dispatch_backend.capacity.queries import offer_rows
from dispatch_backend.console.actions import open_referral
from dispatch_backend.services.enumerations import Priority
from dispatch_backend.services.rules.terms import DeadlineStatus
from dispatch_backend.worklist.forms.queue import QueueFilterForm, counter_links
from dispatch_backend.worklist.queries.counters import COUNTED
from dispatch_backend.worklist.queries.narrowing import QueueFilter
from dispatch_backend.worklist.queries.queue import queue
from dispatch_backend.worklist.queries.queue_cursor import parse_queue_cursor
from dispatch_backend.worklist.rules import Deadline, NextStep
from foundation.clock import local, now, zone


def _seen(desk, *, at=None, limit=50, **wanted):
    """The lines from the desk's own doctor: other tests' referrals stand in the same queue."""
    own = QueueFilter(from_facility_id=desk.doctor.facility_id, **wanted)
    with desk.as_actor(desk.dispatcher.actor) as session:
        return queue(session, wanted=own, at=at or now(), limit=limit)


def test_emergencies_come_first_and_then_whoever_used_most_of_the_legal_term(desk):
    at = now()
    young = desk.sent_on(at - timedelta(days=1))
    overdue = desk.sent_on(at - timedelta(days=60))
    urgent = desk.sent_on(at - timedelta(hours=30), priority=Priority.URGENT)
    emergency = desk.sent_on(at - timedelta(minutes=1), priority=Priority.EMERGENCY)
    old = desk.sent_on(at - timedelta(days=9))

    page = _seen(desk, at=at)

    assert page.rows[0].id == emergency
    assert page.rows[1].id == overdue
    assert page.rows[1].deadline.status is DeadlineStatus.OVERDUE
    assert [row.id for row in page.rows if row.id != urgent][2:] == [old, young]


def test_what_has_its_slot_stands_behind_what_waits_and_a_visit_that_is_over_does_not(desk):
    emergency, waiting = desk.sent(priority=Priority.EMERGENCY), desk.sent()
    visited, _booking_id = desk.visited()
    desk.booked(emergency, desk.slot(starts_in=timedelta(hours=1)))

    rows = _seen(desk).rows

    assert [row.id for row in rows] == [visited, waiting, emergency]


def test_pages_follow_each_other_without_a_gap_even_while_the_clock_goes_on(desk):
    at = now()
    sent = {desk.sent_on(at - timedelta(days=n)) for n in range(1, 8)}
    own = QueueFilter(from_facility_id=desk.doctor.facility_id)
    found, after = [], None

    for minute in range(4):
        with desk.as_actor(desk.dispatcher.actor) as session:
            later = at + timedelta(minutes=minute)
            page = queue(session, wanted=own, at=later, after=after, limit=2)
        found += [row.id for row in page.rows]
        after = parse_queue_cursor(str(page.next_cursor)) if page.next_cursor else None

    assert after is None
    assert len(found) == len(sent)
    assert set(found) == sent


def test_filters_narrow_the_queue(desk):
    planned, urgent = desk.sent(), desk.sent(priority=Priority.URGENT)
    imaging, overdue = desk.sent(service_code="I-CT"), desk.sent_on(now() - timedelta(days=90))
    booked = desk.sent()
    desk.booked(booked, desk.slot())

    def ids(**wanted):
        return {row.id for row in _seen(desk, **wanted).rows}

    assert ids() == {planned, urgent, imaging, overdue, booked}
    assert ids(priority=Priority.URGENT) == {urgent}
    assert ids(service_code="I-CT") == {imaging}
    assert ids(overdue=True) == {overdue}
    assert ids(step=NextStep.BOOK) == {planned, urgent, imaging, overdue}
    assert ids(step=NextStep.AWAIT_VISIT) == {booked}
    assert ids(booked=True) == {booked}
    assert ids(booked=False) == {planned, urgent, imaging, overdue}


def test_a_number_opens_exactly_the_lines_that_it_counts(desk):
    overdue, late = desk.sent_on(now() - timedelta(days=90)), desk.sent_on(now() - timedelta(days=80))
    kept = desk.sent_on(now() - timedelta(days=1))
    desk.sent(priority=Priority.EMERGENCY)
    booked_emergency = desk.sent(priority=Priority.EMERGENCY)
    desk.visited()
    for referral_id, hours in ((late, 48), (kept, 48), (booked_emergency, 3)):
        desk.booked(referral_id, desk.slot(starts_in=timedelta(hours=hours)))

    with desk.as_actor(desk.dispatcher.actor) as session:
        at = now()
        pages = {name: queue(session, wanted=wanted, at=at, limit=10_000) for name, wanted in COUNTED.items()}

    assert {name: len(page.rows) for name, page in pages.items()} == {
        name: getattr(page.counters, name) for name, page in pages.items()
    }
    shown = {name: {row.id for row in page.rows} for name, page in pages.items()}
    own = {row.id for row in _seen(desk).rows}
    assert shown["overdue"] & own == {overdue}
    # In the evening the emergency's visit ends after midnight, and is rightly late.
    in_the_evening = local(at).date() != local(at + timedelta(hours=3, minutes=20)).date()
    assert shown["late_visits"] & own == {late} | ({booked_emergency} if in_the_evening else set())


def test_the_link_of_a_number_asks_for_what_it_counts(desk):
    with desk.as_actor(desk.dispatcher.actor) as session:
        links = counter_links(queue(session, wanted=QueueFilter(), at=now()).counters)

    asked = [QueueFilterForm(MultiDict(choices)).wanted for _count, _words, choices in links]

    assert asked == list(COUNTED.values())


def test_whoever_waits_is_late_after_the_legal_day_and_whoever_is_booked_if_the_visit_is(desk):
    at = now()
    overdue, late = desk.sent_on(at - timedelta(days=90)), desk.sent_on(at - timedelta(days=80))
    desk.booked(late, desk.slot())

    rows = {row.id: row for row in _seen(desk, at=at).rows}

    gone = (at.astimezone(zone()).date() - rows[overdue].due_on).days
    assert rows[overdue].deadline == Deadline(DeadlineStatus.OVERDUE, -gone, booked=False)
    visit_on = rows[late].visit_at.astimezone(zone()).date()
    assert rows[late].deadline == Deadline(
        DeadlineStatus.OVERDUE, (rows[late].due_on - visit_on).days, booked=True
    )


def test_the_numbers_count_what_waits_and_nothing_is_without_an_owner(desk):
    def counted():
        with desk.as_actor(desk.dispatcher.actor) as session:
            return queue(session, wanted=QueueFilter(), at=now()).counters

    before = counted()
    desk.sent(priority=Priority.EMERGENCY)
    desk.sent_on(now() - timedelta(days=90))
    desk.booked(desk.sent(), desk.slot())
    desk.visited()
    after = counted()

    assert after.to_book - before.to_book == 2
    assert after.emergencies - before.emergencies == 1
    assert after.overdue - before.overdue == 1
    assert after.booked - before.booked == 2
    assert after.outcome_missing - before.outcome_missing == 1
    assert after.unowned == 0


def test_free_slots_are_the_earliest_of_each_facility(desk, people):
    other = people.facility()
    near = [desk.slot(starts_in=timedelta(days=n), service_code="T-EEG") for n in (1, 2, 3)]
    late = desk.slot(starts_in=timedelta(days=9), service_code="T-EEG", facility_id=other)

    with desk.as_actor(desk.dispatcher.actor) as session:
        asked = select(literal("T-EEG").label("service_code"), literal(now()).label("after")).subquery()
        found = session.execute(offer_rows(asked, of_each=2)).all()

    assert [each.id for each in found if each.facility_id in (desk.target_id, other)] == [*near[:2], late]


def test_a_taken_slot_is_offered_no_more(desk):
    booked_id, waiting_id = desk.sent(service_code="T-HOLT"), desk.sent(service_code="T-HOLT")
    slot_id = desk.slot(service_code="T-HOLT")
    assert slot_id in _offered(desk, waiting_id)

    desk.booked(booked_id, slot_id)

    assert slot_id not in _offered(desk, waiting_id)


def test_an_emergency_is_offered_what_begins_soon_and_whoever_has_a_slot_nothing(desk):
    soon = desk.slot(service_code="T-HOLT", starts_in=timedelta(hours=1))
    later = desk.slot(service_code="T-HOLT", starts_in=timedelta(hours=3))
    emergency = desk.sent(service_code="T-HOLT", priority=Priority.EMERGENCY)
    planned = desk.sent(service_code="T-HOLT")
    assert {soon, later} <= _offered(desk, emergency)
    assert later in (offered := _offered(desk, planned))
    assert soon not in offered

    desk.booked(planned, later)

    assert _offered(desk, planned) == set()


def _offered(desk, referral_id):
    with desk.as_actor(desk.dispatcher.actor) as session:
        return {each.slot.id for each in open_referral(session, referral_id).slots}


@pytest.mark.parametrize("sent", ["%00", "a%00b"])
def test_what_no_text_can_hold_chooses_nothing(desk, client_for, sent):
    visitor = client_for(desk.dispatcher.actor)

    assert visitor.get(f"/dispatch?service={sent}").status_code == 200


@pytest.mark.parametrize(
    "moment", ["2026-01-01T00:00:00%2B20:00", "0001-01-01T00:00:00%2B14:00", "2026-01-01T00:00:00",
     "0001-01-01T00:00:00%2B00:00", "1850-01-01T00:00:00%2B00:00", "9999-12-31T23:59:00%2B00:00"]
)  # fmt: skip
def test_a_place_that_we_did_not_write_is_no_fault_of_ours(desk, client_for, moment):
    visitor = client_for(desk.dispatcher.actor)

    answer = visitor.get(f"/dispatch/queue?after={moment}~1~0.5~{desk.sent()}")

    assert answer.status_code in (200, 422)
