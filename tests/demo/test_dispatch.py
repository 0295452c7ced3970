"""The referrals: the history whole, the queue alive."""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise

from sqlalchemy import func, select

from demo.referrals.queue import make_queue
from demo.region import make_region
from dispatch_backend.bookings.queries.bookings import upcoming_bookings_of
from dispatch_backend.bookings.queries.referral_cards import referrals_of
from dispatch_backend.referrals.enumerations import State
from dispatch_backend.referrals.queries.integrity import look_at_terms
from dispatch_backend.referrals.tables.referrals import Referral
from foundation.clock import now, today, zone
from tests.verifying import broken_events, gone_through


def test_the_queue_has_every_state_and_some_overdue(loaded):
    with loaded.loading() as session:
        rows = session.execute(
            select(Referral.state, Referral.due_at).where(Referral.submitted_at > now() - timedelta(days=60))
        ).all()
    states = Counter(state for state, _ in rows)
    open_ones = [due for state, due in rows if state in (State.SUBMITTED, State.BOOKED, State.NO_SHOW)]

    assert set(states) == set(State)
    assert 110 <= len(open_ones) <= 150
    assert any(due < now() for due in open_ones)
    assert any(due > now() for due in open_ones)


def test_no_history_has_a_gap(loaded):
    with loaded.loading() as session:
        checked, broken = broken_events(session)

    assert checked > loaded.counted["referrals"]
    assert broken == []


def test_the_scan_that_the_card_promises_is_booked_for_tomorrow(loaded):
    olga = next(each for each in loaded.region.story_people if each.story == "migraine")
    reader = loaded.actor_of(olga)

    with loaded.reading_as(reader) as session:
        booked = upcoming_bookings_of(session, olga.id, at=now())

    assert [each.starts_at.astimezone(zone()).date() for each in booked] == [today() + timedelta(days=1)]


def test_most_of_those_known_by_name_have_something_on_their_dispatch_page(loaded):
    with_referrals = 0
    for citizen in loaded.region.story_people[:12]:
        reader = loaded.actor_of(citizen)
        with loaded.reading_as(reader) as session:
            with_referrals += bool(referrals_of(session, citizen.id))

    assert with_referrals >= 9


def test_times_are_of_several_lengths_and_begin_at_several_hours_and_nobody_is_in_two_places():
    queue = make_queue(make_region(), now(), first_referral=0, first_slot=0)
    of_resources, of_patients = defaultdict(list), defaultdict(list)
    for slot in queue.slots:
        of_resources[slot.offer.facility.code, slot.offer.resource.en].append(slot)
    for referral in queue.referrals:
        last = referral.steps[-1]
        of_patients[referral.patient.number] += [last.slot] if last.slot else []

    assert {slot.length // timedelta(minutes=1) for slot in queue.slots} == {10, 15, 20, 30, 45, 60}
    assert len({min(slot.starts_at.timetz() for slot in slots) for slots in of_resources.values()}) > 3
    assert len(of_patients) > 30
    for slots in (*of_resources.values(), *of_patients.values()):
        slots.sort(key=lambda slot: slot.starts_at)
        assert [one for one, other in pairwise(slots) if one.ends_at > other.starts_at] == []


def test_nothing_in_the_queue_has_happened_yet_that_lies_ahead():
    for hour in range(0, 24, 5):
        at = now().replace(hour=hour, minute=1)
        queue = make_queue(make_region(), at, first_referral=0, first_slot=0)
        for referral in queue.referrals:
            moments = [step.at for step in referral.steps]
            assert moments == sorted(moments)
            assert moments[-1] <= at


def test_every_legal_day_follows_from_its_term_its_sending_and_the_calendar(loaded):
    """The owner of the tables enters the demo and is trusted, hence this test."""
    with loaded.loading() as session:
        checked, broken = gone_through(session, look_at_terms, 5000)
        of_before = session.scalar(select(func.count()).where(Referral.calendar_version == 0))

    assert checked > loaded.counted["referrals"] / 2
    assert (broken, of_before) == ([], 0)
