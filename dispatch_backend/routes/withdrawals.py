"""Withdrawing a referral that is no longer needed."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for

from dispatch_backend.actions import cancel_referral
from dispatch_backend.forms import WithdrawForm
from dispatch_backend.routes.referrals import page_of
from foundation.database import transaction
from foundation.errors import RuleBroken
from foundation.idempotency import once
from foundation.language import gettext
from identity.guards import current_actor, open_to
from identity.rules.roles import Role

blueprint = Blueprint("withdrawals", __name__)


@blueprint.post("/referrals/<uuid:referral_id>/withdrawal")
@open_to(Role.DISPATCHER)
def create(referral_id: UUID):
    form, dispatcher = WithdrawForm(request.form), current_actor()
    if not form.validate():
        return page_of(referral_id, form=form)
    try:
        with transaction(dispatcher) as session:
            once(
                session,
                key=form.idempotency_key.data or "",
                body={"referral": referral_id, **form.typed},
                act=lambda: (
                    cancel_referral(
                        session, referral_id, reason=form.reason.data or "", canceller=dispatcher
                    ).id
                ),
            )
    except RuleBroken as refusal:
        return page_of(referral_id, refusal=refusal)
    flash(gettext("The referral is closed."))
    return redirect(url_for("dispatch.referrals.index"), 303)
