"""What stands between a patient and the facilities that care for them because of referrals."""

from uuid import UUID

from sqlalchemy import exists, func, select

from dispatch_backend.referrals.tables.referrals import Referral
from foundation.database.transactions import ActorSession
from identity.access import queries as access
from identity.access.enumerations import Thing

# Of the numbers that tell locks of different things apart.
CARE_LOCK = 9


def open_referral_to_update_care_for(session: ActorSession, patient_id: UUID) -> bool:
    """Whether a referral of the patient is open; the patient's care is locked until the transaction ends."""
    lock_care(session, patient_id)
    return session.scalars(
        select(
            exists()
            .where(Referral.patient_id == patient_id, Referral.open)
            .where(access.readable_by(session, Thing.REFERRALS, Referral.patient_id))
        )
    ).one()


def lock_care(session: ActorSession, patient_id: UUID) -> None:
    # Two bookings of one patient may end at the same moment: the second must see what the first left. Nobody here
    # may update the rows of care, so they cannot be locked as rows.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(patient_id), CARE_LOCK))))
