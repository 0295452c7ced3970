"""Moving a booked referral to another slot: one step, so that the old slot goes only when the new one is had."""

from uuid import UUID

from dispatch_backend.bookings.actions.bookings import (
    announce_booking,
    give_up_booking,
    occupy_slot,
    require_patient_free,
)
from dispatch_backend.bookings.actions.care import update_treating_care_period
from dispatch_backend.bookings.queries.bookings import referral_of_booking, slot_to_release
from dispatch_backend.bookings.rules import booking as rules
from dispatch_backend.bookings.tables import Booking
from dispatch_backend.capacity.queries import slot_to_book
from dispatch_backend.referrals.actions.transitions import apply_transition
from dispatch_backend.referrals.enumerations import Act
from dispatch_backend.referrals.queries.referrals import referral_to_change
from dispatch_backend.referrals.rules import changes
from foundation.clock import now
from foundation.database.transactions import ActorSession


def rebook(
    session: ActorSession, booking_id: UUID, *, slot_id: UUID, reason: str, version: int | None = None
) -> Booking:
    """Give the booking's referral another slot; whatever speaks against it leaves the booking as it is.

    Args:
        version: of the referral as the dispatcher saw it, where that is known.

    Raises:
        NotFound: no such booking in the dispatcher's care, or no such slot.
        RuleBroken: the slot is taken, too soon or for another service; the patient has another visit at that time; the
            visit has begun or the booking has ended; no reason given.
        Stale: the referral has changed since the dispatcher saw it.
    """
    at = now()
    # The referral before the slots, as always, and both slots with what overlaps them in one order.
    referral = referral_to_change(session, referral_of_booking(session, booking_id))
    changes.require_unchanged(expected_version=version, version=referral.version)
    changes.require_reason(reason)
    old = slot_to_release(session, booking_id)
    rules.require_not_begun(starts_at=old.starts_at, at=at)
    slot = slot_to_book(session, slot_id, leaving=old.id)
    rules.require_bookable(
        same_service=slot.service_code == referral.service_code,
        taken=slot.taken,
        starts_at=slot.starts_at,
        priority=referral.priority,
        at=at,
    )
    require_patient_free(session, referral, slot)
    give_up_booking(session, referral, booking_id, reason=reason)
    apply_transition(session, referral, Act.REBOOKED, at=at, reason=reason.strip(), slot=slot)
    made = occupy_slot(session, referral, slot)
    announce_booking(session, "referral.booked", referral, object_id=referral.id, booking_id=made.id)
    for facility_id in sorted({old.facility_id, slot.facility_id}):
        update_treating_care_period(session, referral.patient_id, facility_id)
    return made
