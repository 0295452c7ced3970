"""What happens to a booking before its outcome: the patient confirms it, and arrives. The referral stays booked."""

from collections.abc import Container
from uuid import UUID

from dispatch_backend.bookings.enumerations import EXPECTED, BookingState
from dispatch_backend.bookings.queries.bookings import referral_of_booking, slot_to_release, state_of_booking
from dispatch_backend.bookings.rules import booking as rules
from dispatch_backend.capacity.tables import Slot
from dispatch_backend.referrals.actions.transitions import apply_transition
from dispatch_backend.referrals.enumerations import Act
from dispatch_backend.referrals.queries.referrals import referral_to_change
from dispatch_backend.referrals.rules import changes
from dispatch_backend.referrals.tables.referrals import Referral
from foundation.clock import now, zone
from foundation.database.transactions import ActorSession


def confirm_booking(session: ActorSession, booking_id: UUID, *, version: int | None = None) -> Referral:
    """Note that the patient comes: whoever booked has reached them.

    Args:
        version: of the referral as the dispatcher saw it, where that is known.

    Raises:
        NotFound: no such booking in the dispatcher's care.
        RuleBroken: it is confirmed already, its visit has begun, or it has ended.
        Stale: the referral has changed since the dispatcher saw it.
    """
    at = now()
    referral, slot = _live(session, booking_id, version=version, among={BookingState.BOOKED})
    rules.require_not_begun(starts_at=slot.starts_at, at=at)
    apply_transition(session, referral, Act.CONFIRMED, at=at, slot=slot)
    return referral


def record_arrival(session: ActorSession, booking_id: UUID, *, version: int | None = None) -> Referral:
    """Note that the patient is there, on the day of the visit or later.

    Args:
        version: of the referral as the recorder saw it, where that is known.

    Raises:
        NotFound: no such booking in the recorder's care.
        RuleBroken: the day has not come, the patient is noted as arrived already, or the booking has ended.
        NotAllowed: a doctor, and the visit is at another facility.
        Stale: the referral has changed since the recorder saw it.
    """
    at = now()
    referral, slot = _live(session, booking_id, version=version, among=EXPECTED)
    actor = session.actor
    rules.require_own_visit(
        actor.role, actor_facility_id=actor.facility_id, visit_facility_id=slot.facility_id
    )
    rules.require_day(starts_at=slot.starts_at, at=at, zone=zone())
    apply_transition(session, referral, Act.ARRIVED, at=at, slot=slot)
    return referral


def undo_arrival(
    session: ActorSession, booking_id: UUID, *, reason: str, version: int | None = None
) -> Referral:
    """Take back that the patient is there: it was somebody else, or another day. They are expected again.

    Args:
        version: of the referral as the dispatcher saw it, where that is known.

    Raises:
        NotFound: no such booking in the dispatcher's care.
        RuleBroken: nobody is noted as arrived; no reason given.
        Stale: the referral has changed since the dispatcher saw it.
    """
    at = now()
    referral, slot = _live(session, booking_id, version=version, among={BookingState.ARRIVED})
    changes.require_reason(reason)
    apply_transition(session, referral, Act.ARRIVAL_UNDONE, at=at, reason=reason.strip(), slot=slot)
    return referral


def _live(
    session: ActorSession, booking_id: UUID, *, version: int | None, among: Container[BookingState]
) -> tuple[Referral, Slot]:
    """The booking's referral, locked, and its slot. Raises NotFound, RuleBroken or Stale."""
    referral = referral_to_change(session, referral_of_booking(session, booking_id))
    changes.require_unchanged(expected_version=version, version=referral.version)
    slot = slot_to_release(session, booking_id)
    rules.require_state(state_of_booking(session, booking_id), among=among)
    return referral, slot
