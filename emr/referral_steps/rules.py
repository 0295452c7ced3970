"""Which step of a referral is a doctor's to make."""

from datetime import datetime
from uuid import UUID

from dispatch_backend.bookings.enumerations import EXPECTED, BookingState
from dispatch_backend.referrals.enumerations import BOOKABLE, State


def may_tell_outcome(
    state: State, *, visit_facility_id: UUID, visit_ends_at: datetime, facility_id: UUID | None, at: datetime
) -> bool:
    """Whether the visit is over and was here: only where the patient was expected is it known whether they came."""
    return state is State.BOOKED and visit_facility_id == facility_id and visit_ends_at <= at


def may_note_arrival(
    booking: BookingState, *, visit_facility_id: UUID, facility_id: UUID | None, day_has_come: bool
) -> bool:
    """Whether the patient is expected here, today or already before."""
    return booking in EXPECTED and visit_facility_id == facility_id and day_has_come


def may_revoke(state: State, *, from_facility_id: UUID, facility_id: UUID | None) -> bool:
    """Whether the referral is the doctor's own facility's, and holds no slot that others would have to give up."""
    return state in BOOKABLE and from_facility_id == facility_id
