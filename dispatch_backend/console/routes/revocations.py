"""Revoking a referral that is no longer needed. Its address says what people read: withdrawal."""

from uuid import UUID

from flask import Blueprint, request

from dispatch_backend.console.forms import RevokeReferralForm
from dispatch_backend.console.routes.referrals import page_of
from dispatch_backend.referrals.actions.referrals import revoke_referral
from dispatch_backend.worklist.routes.queue import queue_choices
from foundation.language.translation import gettext
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.roles import DISPATCHING

blueprint = Blueprint("revocations", __name__)


@blueprint.post("/referrals/<uuid:referral_id>/withdrawal")
@open_to(*DISPATCHING)
def create(referral_id: UUID):
    form = RevokeReferralForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: (
            revoke_referral(session, referral_id, reason=form.reason.data or "", version=form.version.data).id
        ),
        done=lambda _revoked: redirect_to(
            "dispatch.queue.index", gettext("The referral is withdrawn."), **queue_choices()
        ),
        again=lambda refusal: page_of(referral_id, form, refusal),
    )
