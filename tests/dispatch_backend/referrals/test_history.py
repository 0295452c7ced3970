"""What the database itself holds: the history is append-only and gapless, and the state follows it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch_backend.bookings.actions.bookings import cancel_booking
from dispatch_backend.referrals.enumerations import FORMER_ACTS, WORKER, Act, State
from dispatch_backend.referrals.rules.states import TRANSITIONS
from tests.verifying import broken_events


def test_the_database_allows_the_transitions_that_the_rules_allow(desk):
    with desk.as_loader() as session:
        kept = session.execute(
            text("SELECT from_state, to_state, act, actor_role FROM dispatch.allowed_transition")
        ).all()

    said = {(each.from_state or "", each.to_state, each.act, each.role) for each in TRANSITIONS}
    # Events of the past point to these; the rules read their words as today's.
    former = {tuple(row) for row in kept if row.act in FORMER_ACTS}
    assert {tuple(row) for row in kept} - former == said
    assert {(row[0], State(row[1]), Act(row[2]), row[3]) for row in former} == {
        each for each in said if each[2] is Act.REVOKED and each[3] != WORKER
    }


def test_the_chain_of_a_worked_referral_is_whole(desk):
    referral_id = desk.sent()
    booking_id = desk.booked(referral_id, desk.slot())
    with desk.as_actor(desk.dispatcher.actor) as session:
        cancel_booking(session, booking_id, reason="Врач заболел")

    with desk.as_actor(desk.dispatcher.actor) as session:
        assert broken_events(session)[1] == []


@pytest.mark.parametrize("table", ["referral_event", "booking", "booking_cancellation", "booking_outcome"])
@pytest.mark.parametrize(
    "change", ["UPDATE dispatch.{} SET patient_id = patient_id", "DELETE FROM dispatch.{}"]
)
def test_history_is_append_only_even_for_the_loader(desk, table, change):
    with pytest.raises(DBAPIError, match="permission denied"), desk.as_loader() as session:
        session.execute(text(change.format(table)))


@pytest.mark.parametrize("table", ["referral_event", "booking", "booking_cancellation", "booking_outcome"])
@pytest.mark.parametrize("change", ["DELETE FROM dispatch.{}", "TRUNCATE dispatch.{} CASCADE"])
def test_history_is_append_only_even_for_the_owner_of_the_tables(engines, table, change):
    with pytest.raises(DBAPIError, match="never changed or deleted"), engines["owner"].begin() as connection:
        connection.execute(text(change.format(table)))


def test_the_state_does_not_change_without_its_event(desk):
    referral_id = desk.sent()

    with (
        pytest.raises(DBAPIError, match="fk_referral_last_event"),
        desk.as_actor(desk.dispatcher.actor) as session,
    ):
        _close(session, referral_id, state="revoked")


def test_an_event_does_not_come_without_its_change(desk):
    referral_id = desk.sent()

    with pytest.raises(DBAPIError, match="only together"), desk.as_actor(desk.dispatcher.actor) as session:
        session.execute(_copy_of_last_event(act="referral.revoked", state="revoked"), {"id": referral_id})


def test_a_transition_that_is_not_allowed_is_refused_by_the_database(desk):
    referral_id = desk.sent()

    with (
        pytest.raises(DBAPIError, match="fk_referral_event_transition"),
        desk.as_actor(desk.dispatcher.actor) as session,
    ):
        _close(session, referral_id, state="served")
        session.execute(_copy_of_last_event(), {"id": referral_id})


def test_an_open_referral_cannot_be_left_without_an_owner(desk):
    referral_id = desk.sent()

    with pytest.raises(DBAPIError, match="owned_while_open"), desk.as_actor(desk.dispatcher.actor) as session:
        session.execute(
            text("UPDATE dispatch.referral SET version = 2, owner_id = NULL WHERE id = :id"),
            {"id": referral_id},
        )


def test_the_legal_day_is_frozen(desk):
    referral_id = desk.sent()

    with (
        pytest.raises(DBAPIError, match="permission denied"),
        desk.as_actor(desk.dispatcher.actor) as session,
    ):
        session.execute(
            text("UPDATE dispatch.referral SET due_on = due_on + 30 WHERE id = :id"), {"id": referral_id}
        )


def test_a_slot_is_not_marked_taken_by_hand(desk):
    slot_id = desk.slot()

    with pytest.raises(DBAPIError, match="occupancy alone"), desk.as_actor(desk.dispatcher.actor) as session:
        session.execute(text("UPDATE dispatch.slot SET taken = true WHERE id = :id"), {"id": slot_id})


def test_nobody_acts_in_another_s_name(desk):
    referral_id = desk.sent()

    with pytest.raises(DBAPIError, match="row-level security"), desk.as_actor(desk.doctor.actor) as session:
        _close(session, referral_id, state="revoked")
        session.execute(_copy_of_last_event(act="referral.revoked", state="revoked"), {"id": referral_id})


def _close(session, referral_id, *, state: str) -> None:
    """Set the state alone, without its event."""
    session.execute(
        text(
            "UPDATE dispatch.referral SET state = :state, version = 2, "
            "owner_id = NULL, next_action_due = NULL WHERE id = :id"
        ),
        {"id": referral_id, "state": state},
    )


def _copy_of_last_event(*, act: str = "visit.served", state: str = "served"):
    return text(
        "INSERT INTO dispatch.referral_event (referral_id, seq, patient_id, from_state, to_state, act, actor_role, "
        "actor_staff_id, actor_facility_id, at, reason, previous_sha256, sha256) "
        f"SELECT referral_id, 2, patient_id, to_state, '{state}', '{act}', foundation.actor_role(), "
        # Whoever is no dispatcher writes in the centre's name here: the database compares.
        "foundation.actor_staff(), CASE foundation.actor_role() WHEN 'dispatcher' THEN foundation.actor_facility() "
        "ELSE (SELECT id FROM identity.facility WHERE code = 'DC-001') END, "
        "now(), '', NULL, NULL FROM dispatch.referral_event WHERE referral_id = :id AND seq = 1"
    )
