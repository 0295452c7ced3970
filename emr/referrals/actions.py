"""Opening the form of a referral: looking at a patient is an act too, and leaves its line."""

from uuid import UUID

from emr.referrals.queries import NewReferralForm, new_referral
from foundation import audit
from foundation.database.transactions import ActorSession


def open_new_referral(session: ActorSession, patient_id: UUID, draft_id: UUID) -> NewReferralForm:
    """Open the form of a referral. Raises NotFound where the patient is not in the reader's care."""
    opened = new_referral(session, patient_id, draft_id)
    audit.record(
        session, act="patient.opened", patient_id=patient_id, object_kind="patient", object_id=patient_id
    )
    return opened
