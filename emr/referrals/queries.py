"""A referral that is not sent yet."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dispatch_backend.referrals.queries.referrals import own_referral_rows
from emr.drafts.queries import KeptDraft, draft_from, patient_and_draft_selects
from foundation.database.combined_query import CombinedQuery, Selects, together
from foundation.database.transactions import ActorSession
from identity.patients.queries.patients import PatientCard, patient_from


@dataclass(frozen=True, slots=True)
class NewReferralForm:
    """Of whom, and what was typed so far; `sent` where the reader sent it after all."""

    patient: PatientCard
    draft: KeptDraft | None
    sent: bool


def new_referral(session: ActorSession, patient_id: UUID, draft_id: UUID) -> NewReferralForm:
    """What there is of a referral under the identity that its form was opened with. Raises NotFound without the patient."""
    answer = NEW_REFERRAL.fetch(session, patient_id=patient_id, draft_id=draft_id)
    return NewReferralForm(patient_from(answer.about), draft_from(answer.draft), sent=bool(answer.sent))


def _new_referral(session: ActorSession, patient_id: Any, draft_id: Any) -> Selects:
    return together(
        patient_and_draft_selects(session, patient_id, draft_id),
        {"sent": own_referral_rows(session, draft_id)},
    )


NEW_REFERRAL = CombinedQuery(lambda session, **values: _new_referral(session, **values))
