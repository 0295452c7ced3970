"""What stands between a patient and the facilities that care for them because of referrals."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select

from dispatch_backend.bookings.tables import Booking, BookingOutcome, SlotOccupancy
from dispatch_backend.capacity.tables import Slot
from dispatch_backend.referrals.rules.states import OPEN
from dispatch_backend.referrals.tables.referrals import Referral
from dispatch_backend.services.enumerations import Outcome
from foundation.database.transactions import ActorSession
from identity.access import queries as access

# Of the numbers that tell locks of different things apart.
CARE = 9


def visits_to_settle(session: ActorSession, patient_id: UUID, facility_id: UUID) -> list[datetime]:
    """When each of the patient's visits there ends that is booked or took place; the patient's care is locked."""
    _lock(session, patient_id)
    live = exists().where(SlotOccupancy.booking_id == Booking.id)
    served = exists().where(BookingOutcome.booking_id == Booking.id, BookingOutcome.outcome == Outcome.SERVED)
    return list(
        session.scalars(
            select(Slot.ends_at)
            .join(Booking, Booking.slot_id == Slot.id)
            .where(Booking.patient_id == patient_id, Slot.facility_id == facility_id, live | served)
            .where(access.readable_by(session, Booking.patient_id))
        )
    )


def open_referral_to_settle(session: ActorSession, patient_id: UUID) -> bool:
    """Whether a referral of the patient is open; the patient's care is locked until the transaction ends."""
    _lock(session, patient_id)
    return session.scalars(
        select(
            exists()
            .where(Referral.patient_id == patient_id, Referral.state.in_(OPEN))
            .where(access.readable_by(session, Referral.patient_id))
        )
    ).one()


def _lock(session: ActorSession, patient_id: UUID) -> None:
    # Two bookings of one patient may end at the same moment: the second must see what the first left. Nobody here
    # may update the rows of care, so they cannot be locked as rows.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(patient_id), CARE))))
