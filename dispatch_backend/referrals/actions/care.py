"""Care that follows referrals and bookings: begun, lengthened and ended with them.

Always the last thing that an action does: whoever ends their own facility's care sees nothing more of the patient,
and the lock on a patient's care is never waited for by somebody who still has to write.
"""

from datetime import datetime
from uuid import UUID

from dispatch_backend.referrals.queries.care import open_referral_to_update_care_for
from dispatch_backend.referrals.rules.care import dispatching_until
from foundation.database.transactions import ActorSession
from identity.access.actions import grant_care_by_referral
from identity.facilities.queries import dispatching_center


def update_center_care_period(session: ActorSession, patient_id: UUID, *, at: datetime) -> None:
    """Let the Dispatching Center care for the patient while a referral is open, and a while after the last ended.

    Args:
        at: when the referral was sent or ended that makes this necessary.
    """
    still_open = open_referral_to_update_care_for(session, patient_id)
    until = None if still_open else dispatching_until(last_ended_at=at)
    grant_care_by_referral(
        session, patient_id=patient_id, facility_id=dispatching_center(session), until=until
    )
