"""Withdrawing a referral that holds no slot and is no longer needed."""

from uuid import UUID

from flask import Blueprint, request

from dispatch_backend.referrals.actions.referrals import revoke_referral
from emr.referral_steps.forms import RevokeForm
from emr.referral_steps.routes.steps import refused_step
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("revocations", __name__)


@blueprint.post("/referrals/<uuid:referral_id>/withdrawal")
@open_to(Role.DOCTOR)
def create(referral_id: UUID):
    form = RevokeForm(referral_id, request.form)
    message = gettext("The referral is withdrawn.")
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: _revoked(session, referral_id, form),
        done=lambda patient_id: redirect_to("emr.patients.show", message, patient_id=patient_id),
        again=lambda refusal: _again(referral_id, form, refusal),
    )


def _revoked(session, referral_id: UUID, form: RevokeForm) -> UUID:
    reason, version = form.reason.data or "", form.version.data
    return revoke_referral(session, referral_id, reason=reason, version=version).patient_id


def _again(referral_id: UUID, form: RevokeForm, refusal: Refusal | None) -> str:
    with transaction(current_actor()) as session:
        return refused_step(session, referral_id, form, refusal)
