"""Care that follows bookings: begun, lengthened and ended with them. Always the last thing that an action does."""

from uuid import UUID

from dispatch_backend.bookings.queries.care import visits_to_update_care_for
from dispatch_backend.bookings.rules.care import treating_until
from foundation.database.transactions import ActorSession
from identity.access.actions import end_care_by_referral, grant_care_by_referral
from identity.facilities.queries import dispatching_center


def update_treating_care_period(session: ActorSession, patient_id: UUID, facility_id: UUID) -> None:
    """Let the facility care for the patient as long as the visits there ask for it, or no longer."""
    if facility_id == dispatching_center(session):  # its care follows the referrals
        return
    until = treating_until(visits_to_update_care_for(session, patient_id, facility_id))
    if until is None:
        end_care_by_referral(session, patient_id=patient_id, facility_id=facility_id)
    else:
        grant_care_by_referral(session, patient_id=patient_id, facility_id=facility_id, until=until)
