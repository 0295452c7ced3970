"""Steps of a referral and its booking, written by hand as center_web, row by row: rightly, or as somebody who attacks would."""

from uuid import UUID

from sqlalchemy import text

from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id

CENTER = "(SELECT id FROM identity.facility WHERE code = 'DC-001')"
MOVE = (
    "UPDATE dispatch.referral SET state = :state, version = version + 1, owner_id = {owner}, next_action_due = {act_by} "
    "WHERE id = :referral"
)
EVENT = text(
    "INSERT INTO dispatch.referral_event (referral_id, seq, patient_id, from_state, to_state, act, actor_role, "
    "actor_staff_id, actor_facility_id, reason) "
    "SELECT referral_id, seq + 1, patient_id, to_state, :state, :act, foundation.actor_role(), foundation.actor_staff(), "
    "foundation.actor_facility(), :reason FROM dispatch.referral_event WHERE referral_id = :referral ORDER BY seq DESC LIMIT 1"
)
BOOK = text(
    "INSERT INTO dispatch.booking (id, referral_id, patient_id, slot_id, booked_by) "
    "SELECT :booking, id, patient_id, :slot, foundation.actor_staff() FROM dispatch.referral WHERE id = :referral"
)
OCCUPY = text(
    "INSERT INTO dispatch.slot_occupancy (slot_id, booking_id, referral_id, patient_id, starts_at) "
    "SELECT b.slot_id, b.id, b.referral_id, b.patient_id, s.starts_at "
    "FROM dispatch.booking b JOIN dispatch.slot s ON s.id = b.slot_id WHERE b.id = :booking"
)
FREE = text("DELETE FROM dispatch.slot_occupancy WHERE referral_id = :referral")
CANCEL = text(
    "INSERT INTO dispatch.booking_cancellation (booking_id, patient_id, reason, cancelled_by) "
    "SELECT id, patient_id, 'A reason', foundation.actor_staff() FROM dispatch.booking WHERE id = :booking"
)
OUTCOME = text(
    "INSERT INTO dispatch.booking_outcome (booking_id, patient_id, outcome, recorded_by) "
    "SELECT id, patient_id, :outcome, foundation.actor_staff() FROM dispatch.booking WHERE id = :booking"
)
# The owner and the day that each state asks for.
RESPONSIBILITY = {
    "submitted": (CENTER, "due_at"),
    "no_show": (CENTER, "now() + interval '1 day'"),
    "booked": (
        "(SELECT facility_id FROM dispatch.slot WHERE id = :slot)",
        "(SELECT ends_at FROM dispatch.slot WHERE id = :slot)",
    ),
}


def step(
    session: ActorSession,
    referral_id: UUID,
    act: str,
    state: str,
    *,
    slot_id: UUID | None = None,
    reason: str = "A reason",
    owner: str = "",
    act_by: str = "",
) -> None:
    """The referral's own row and its event; `owner` and `act_by` (SQL) in place of those that the state asks for."""
    usual = RESPONSIBILITY.get(state, ("NULL", "NULL"))
    values = {"referral": referral_id, "state": state, "act": act, "reason": reason, "slot": slot_id}
    session.execute(text(MOVE.format(owner=owner or usual[0], act_by=act_by or usual[1])), values)
    session.execute(EVENT, values)


def occupy(session: ActorSession, referral_id: UUID, slot_id: UUID) -> UUID:
    """A booking that occupies its slot."""
    booking_id = new_id()
    session.execute(BOOK, {"booking": booking_id, "referral": referral_id, "slot": slot_id})
    session.execute(OCCUPY, {"booking": booking_id})
    return booking_id


def book(session: ActorSession, referral_id: UUID, slot_id: UUID, **forged: str) -> UUID:
    step(session, referral_id, "referral.booked", "booked", slot_id=slot_id, reason="", **forged)
    return occupy(session, referral_id, slot_id)


def end(session: ActorSession, referral_id: UUID, booking_id: UUID, outcome: str = "") -> None:
    """Free the slot, and tell of a cancellation or of that outcome."""
    session.execute(FREE, {"referral": referral_id})
    if outcome:
        session.execute(OUTCOME, {"booking": booking_id, "outcome": outcome})
    else:
        session.execute(CANCEL, {"booking": booking_id})
