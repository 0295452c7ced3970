"""What was changed in the history of a referral behind our back is found, wherever it stands and whatever was changed."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from sqlalchemy import text

from dispatch_backend.bookings.actions.bookings import cancel_booking
from dispatch_backend.referrals.rules.history import Event, digest
from tests.verifying import broken_events

# Stored by the first release, in the words of that time: what was hashed then must be found whole for ever.
KEPT = [
    Event(
        UUID(int=1), 1, UUID(int=2), None, "submitted", "referral.sent", "doctor", UUID(int=3), UUID(int=4),
        datetime(2026, 3, 5, 14, 7, tzinfo=timezone(timedelta(hours=5))), "", "",
        "89456ccde942ddeb654fdb0615d96050bf292ae697c7ade3f42c8502d5196730",
    ),
    Event(
        UUID(int=1), 2, UUID(int=2), "submitted", "booked", "referral.booked", "dispatcher", UUID(int=5), UUID(int=6),
        datetime(2026, 3, 6, 9, 0, 0, 120, tzinfo=UTC), "",
        "89456ccde942ddeb654fdb0615d96050bf292ae697c7ade3f42c8502d5196730",
        "0214ee4b5ee858f57f28ec5aa69456cc43eac4d58438ec7ff5f15d6afef35db1",
    ),
    Event(
        UUID(int=1), 3, UUID(int=2), "booked", "submitted", "booking.cancelled", "dispatcher", UUID(int=5), UUID(int=6),
        datetime(2026, 3, 7, 9, 30, tzinfo=UTC), 'Врач «заболел»: "ОРВИ"\n\t№ 5 \\ \x01 \x7f 🩺',
        "0214ee4b5ee858f57f28ec5aa69456cc43eac4d58438ec7ff5f15d6afef35db1",
        "7d71b1e1b4ec879e4a784ae5a959437a2e997974f0c0fa5d9f53c9aebdbec17f",
    ),
    Event(
        UUID(int=1), 4, UUID(int=2), "submitted", "cancelled", "referral.cancelled", "doctor", UUID(int=3), UUID(int=4),
        datetime(2026, 3, 8, 8, 15, tzinfo=UTC), "Пациент выздоровел",
        "7d71b1e1b4ec879e4a784ae5a959437a2e997974f0c0fa5d9f53c9aebdbec17f",
        "e5ac66df0a6de9b41ed89fc613e3be29d81fe6e68b39c25f3361956ecbede078",
    ),
]  # fmt: skip


@pytest.fixture
def worked(desk):
    """A referral with three events: sent, booked, and its booking cancelled."""
    referral_id = desk.sent()
    # Free again at the end, at a time that other tests do not offer.
    booking_id = desk.booked(referral_id, desk.slot(starts_in=timedelta(days=300)))
    with desk.as_actor(desk.dispatcher.actor) as session:
        cancel_booking(session, booking_id, reason="Врач заболел")
    return referral_id


@pytest.mark.parametrize("event", KEPT)
def test_a_hash_that_was_stored_before_still_vouches_for_its_event(event):
    assert digest(event) == event.sha256


@pytest.mark.parametrize(
    "change",
    [
        {"reason": "another"},
        {"at": KEPT[0].at + timedelta(microseconds=1)},
        {"actor_staff_id": UUID(int=9)},
        {"patient_id": UUID(int=9)},
        {"previous_sha256": "0" * 64},
    ],
)
def test_no_part_of_an_event_changes_without_its_hash(change):
    assert digest(KEPT[0]._replace(**change)) != KEPT[0].sha256


@pytest.mark.parametrize("at_once", [1, 2, 1000])
@pytest.mark.parametrize(
    ("changed", "number", "why"),
    [
        ("UPDATE dispatch.referral_event SET reason = 'x' WHERE seq = 3", 3, "content"),
        ("UPDATE dispatch.referral_event SET at = at + interval '1 microsecond' WHERE seq = 1", 1, "content"),
        ("UPDATE dispatch.referral_event SET to_state = 'nonsense' WHERE seq = 2", 2, "content"),
        ("UPDATE dispatch.referral_event SET sha256 = repeat('0', 64) WHERE seq = 3", 3, "content"),
        ("DELETE FROM dispatch.referral_event WHERE seq = 1", 2, "chain"),
        ("DELETE FROM dispatch.referral_event WHERE seq = 2", 3, "chain"),
        ("DELETE FROM dispatch.referral_event WHERE seq = 3", 3, "state"),
    ],
)
def test_what_was_changed_is_named_with_the_reason(above_the_law, worked, changed, number, why, at_once):
    above_the_law.execute(text(f"{changed} AND referral_id = :referral"), {"referral": worked})

    _, broken = broken_events(above_the_law, at_once=at_once)

    assert broken == [{"referral": str(worked), "number": number, "why": why}]


@pytest.mark.parametrize("change", ["state = 'booked'", "version = 4"])
def test_a_referral_that_does_not_stand_where_its_history_left_it_is_named(above_the_law, worked, change):
    above_the_law.execute(text(f"UPDATE dispatch.referral SET {change} WHERE id = :id"), {"id": worked})

    _, [broken] = broken_events(above_the_law)

    assert (broken["referral"], broken["why"]) == (str(worked), "state")


def test_a_referral_without_any_history_is_named(above_the_law, worked):
    above_the_law.execute(text("DELETE FROM dispatch.referral_event WHERE referral_id = :id"), {"id": worked})

    assert broken_events(above_the_law)[1] == [{"referral": str(worked), "number": 3, "why": "state"}]


def test_the_whole_history_is_read_in_portions(above_the_law, worked):
    checked, broken = broken_events(above_the_law, at_once=2)

    assert broken == []
    assert checked == above_the_law.scalar(text("SELECT count(*) FROM dispatch.referral_event"))
