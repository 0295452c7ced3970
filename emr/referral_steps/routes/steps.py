"""What a doctor can do about one referral: the form of its step, and the same again where it was refused."""

from uuid import UUID

from flask import Blueprint, render_template

from dispatch_backend.bookings.queries.referral_cards import ReferralCard, referral_to_read
from emr.desk.actions import open_patient
from emr.referral_steps.forms import ArrivalForm, ReferralStepForm, RevokeForm, VisitOutcomeForm, step_of
from foundation.clock import now
from foundation.database.transactions import ActorSession, transaction
from foundation.errors import Refusal, RuleBroken
from foundation.language.translation import sentence_of
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("steps", __name__)


@blueprint.get("/referrals/<uuid:referral_id>/step")
@open_to(Role.DOCTOR)
def new(referral_id: UUID):
    with transaction(current_actor()) as session:
        referral = referral_to_read(session, referral_id)
        return _page(session, referral, _offered(referral), None)


def refused_step(
    session: ActorSession, referral_id: UUID, form: ReferralStepForm, refusal: Refusal | None
) -> str:
    """The page of a step that was refused, with what was typed. Raises NotFound where the referral is not the reader's affair."""
    return _page(session, referral_to_read(session, referral_id), form, refusal)


def _offered(referral: ReferralCard) -> ReferralStepForm:
    step = step_of(referral, facility_id=current_actor().facility_id, at=now())
    if step is VisitOutcomeForm and referral.booking:
        return VisitOutcomeForm(referral.booking.id)
    if step is ArrivalForm and referral.booking:
        return ArrivalForm(referral.booking.id)
    if step is RevokeForm:
        return RevokeForm(referral.id)
    raise RuleBroken(
        "This referral waits for nothing from you now. Open the chart again to see where it stands."
    )


def _page(
    session: ActorSession, referral: ReferralCard, form: ReferralStepForm, refusal: Refusal | None
) -> str:
    patient = open_patient(session, referral.patient_id)
    form.show_version(referral.version)
    return render_template(
        "emr/referral_steps/show.html",
        patient=patient,
        referral=referral,
        form=form,
        sentence=sentence_of(refusal),
    )
