"""Revoking a referral that is no longer needed. Its address says what people read: withdrawal."""

from uuid import UUID

from flask import Blueprint, request, url_for

from dispatch_backend.actions import revoke_referral
from dispatch_backend.forms import RevokeReferralForm
from dispatch_backend.routes.changes import changed, referral_page
from foundation.language import gettext
from identity.guards import open_to
from identity.rules.roles import Role

blueprint = Blueprint("revocations", __name__)


@blueprint.post("/referrals/<uuid:referral_id>/withdrawal")
@open_to(Role.DISPATCHER)
def create(referral_id: UUID):
    form = RevokeReferralForm(request.form)
    return changed(
        form,
        act=lambda session: revoke_referral(session, referral_id, reason=form.reason.data or "").id,
        said=gettext("The referral is withdrawn."),
        page=referral_page(referral_id),
        to=url_for("dispatch.referrals.index"),
    )
