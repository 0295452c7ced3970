"""What became of a booking when its time had come."""

from uuid import UUID

from dispatch_backend.bookings.actions.bookings import release_slot
from dispatch_backend.bookings.actions.care import update_treating_care_period
from dispatch_backend.bookings.enumerations import Outcome
from dispatch_backend.bookings.queries.bookings import referral_of_booking, slot_to_release, state_of_booking
from dispatch_backend.bookings.rules.booking import require_begun, require_not_arrived, require_own_visit
from dispatch_backend.bookings.tables import BookingOutcome
from dispatch_backend.referrals.actions.care import update_center_care_period
from dispatch_backend.referrals.actions.transitions import apply_transition
from dispatch_backend.referrals.enumerations import Act
from dispatch_backend.referrals.queries.referrals import referral_to_change
from dispatch_backend.referrals.rules import changes
from dispatch_backend.referrals.tables.referrals import Referral
from foundation.clock import now
from foundation.database.transactions import ActorSession

ACTS = {Outcome.SERVED: Act.SERVED, Outcome.NO_SHOW: Act.MISSED}


def record_outcome(
    session: ActorSession,
    booking_id: UUID,
    *,
    outcome: Outcome,
    reason: str = "",
    version: int | None = None,
) -> Referral:
    """Tell that the patient was served, which closes the referral, or did not come, which gives it back to the queue.

    Args:
        version: of the referral as the recorder saw it, where that is known.

    Raises:
        NotFound: no such booking in the recorder's care.
        RuleBroken: the visit has not begun, its outcome is known already, or the patient did arrive.
        NotAllowed: a doctor, and the visit was at another facility.
        Stale: the referral has changed since the recorder saw it.
    """
    actor = session.actor
    at = now()
    referral = referral_to_change(session, referral_of_booking(session, booking_id))
    changes.require_unchanged(expected_version=version, version=referral.version)
    slot = slot_to_release(session, booking_id)
    require_begun(starts_at=slot.starts_at, at=at)
    if outcome is Outcome.NO_SHOW:
        require_not_arrived(state_of_booking(session, booking_id))
    require_own_visit(actor.role, actor_facility_id=actor.facility_id, visit_facility_id=slot.facility_id)
    release_slot(session, booking_id)
    session.add(
        BookingOutcome(
            booking_id=booking_id,
            patient_id=referral.patient_id,
            outcome=outcome,
            recorded_by=actor.staff_id,
        )
    )
    apply_transition(session, referral, ACTS[outcome], at=at, reason=reason.strip())
    update_center_care_period(session, referral.patient_id, at=at)
    update_treating_care_period(session, referral.patient_id, slot.facility_id)
    return referral
