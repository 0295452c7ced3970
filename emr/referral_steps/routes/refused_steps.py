"""A step that was refused: its form again, with what was typed and the sentence."""

from uuid import UUID

from flask import render_template

from dispatch_backend.bookings.queries.referral_cards import referral_to_read
from emr.desk.actions import open_patient
from emr.referral_steps.forms import ReferralStepForm
from foundation.database.transactions import ActorSession
from foundation.errors import Refusal
from foundation.language.translation import sentence_of


def refused_step(
    session: ActorSession, referral_id: UUID, form: ReferralStepForm, refusal: Refusal | None
) -> str:
    """The page. Raises NotFound where the referral is not the reader's affair."""
    referral = referral_to_read(session, referral_id)
    patient = open_patient(session, referral.patient_id)
    form.show_version(referral.version)
    return render_template(
        "emr/referral_steps/show.html",
        patient=patient,
        referral=referral,
        form=form,
        sentence=sentence_of(refusal),
    )
