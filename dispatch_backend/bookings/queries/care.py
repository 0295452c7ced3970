"""The visits for which a facility cares for a patient."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from dispatch_backend.bookings.enumerations import Outcome
from dispatch_backend.bookings.tables import Booking, BookingOutcome, SlotOccupancy
from dispatch_backend.capacity.tables import Slot
from dispatch_backend.referrals.queries.care import lock_care
from foundation.database.transactions import ActorSession
from identity.access import queries as access
from identity.access.enumerations import Thing


def visits_to_update_care_for(session: ActorSession, patient_id: UUID, facility_id: UUID) -> list[datetime]:
    """When each of the patient's visits there ends that is booked or took place; the patient's care is locked."""
    lock_care(session, patient_id)
    live = exists().where(SlotOccupancy.booking_id == Booking.id)
    served = exists().where(BookingOutcome.booking_id == Booking.id, BookingOutcome.outcome == Outcome.SERVED)
    return list(
        session.scalars(
            select(Slot.ends_at)
            .join(Booking, Booking.slot_id == Slot.id)
            .where(Booking.patient_id == patient_id, Slot.facility_id == facility_id, live | served)
            .where(access.readable_by(session, Thing.BOOKINGS, Booking.patient_id))
        )
    )
