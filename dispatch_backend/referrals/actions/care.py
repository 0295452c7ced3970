"""Care that follows referrals and bookings: begun, lengthened and ended with them.

Always the last thing that an action does: whoever ends their own facility's care sees nothing more of the patient,
and the lock on a patient's care is never waited for by somebody who still has to write.
"""

from datetime import datetime
from uuid import UUID

from dispatch_backend.referrals.queries.care import open_referral_to_settle, visits_to_settle
from dispatch_backend.referrals.rules.care import dispatching_until, treating_until
from foundation.database.transactions import ActorSession
from identity.access.actions import end_care_by_referral, refer_into_care
from identity.facilities.queries import dispatching_center


def settle_treating_care(session: ActorSession, patient_id: UUID, facility_id: UUID) -> None:
    """Let the facility care for the patient as long as the visits there ask for it, or no longer."""
    if facility_id == dispatching_center(session):  # its care follows the referrals
        return
    until = treating_until(visits_to_settle(session, patient_id, facility_id))
    if until is None:
        end_care_by_referral(session, patient_id=patient_id, facility_id=facility_id)
    else:
        refer_into_care(session, patient_id=patient_id, facility_id=facility_id, until=until)


def settle_center_care(session: ActorSession, patient_id: UUID, *, at: datetime) -> None:
    """Let the Dispatching Center care for the patient while a referral is open, and a while after the last ended.

    Args:
        at: when the referral was sent or ended that makes this necessary.
    """
    still_open = open_referral_to_settle(session, patient_id)
    until = None if still_open else dispatching_until(last_ended_at=at)
    refer_into_care(session, patient_id=patient_id, facility_id=dispatching_center(session), until=until)
