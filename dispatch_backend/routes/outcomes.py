"""Recording what became of a booking."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for

from dispatch_backend.actions import Outcome, record_outcome
from dispatch_backend.forms import OutcomeForm
from dispatch_backend.queries import referral_of_booking
from dispatch_backend.routes.referrals import page_of
from foundation.database import transaction
from foundation.errors import RuleBroken
from foundation.idempotency import once
from foundation.language import gettext
from identity.guards import current_actor, open_to
from identity.rules.roles import Role

blueprint = Blueprint("outcomes", __name__)


@blueprint.post("/bookings/<uuid:booking_id>/outcome")
@open_to(Role.DISPATCHER)
def create(booking_id: UUID):
    form, recorder = OutcomeForm(request.form), current_actor()
    with transaction(recorder) as session:
        referral_id = referral_of_booking(session, booking_id, recorder)
    if not form.validate():
        return page_of(referral_id, form=form)
    try:
        with transaction(recorder) as session:
            once(
                session,
                key=form.idempotency_key.data or "",
                body={"booking": booking_id, **form.typed},
                act=lambda: (
                    record_outcome(
                        session,
                        booking_id,
                        outcome=Outcome(form.outcome.data),
                        recorder=recorder,
                        reason=form.note.data or "",
                    ).id
                ),
            )
    except RuleBroken as refusal:
        return page_of(referral_id, refusal=refusal)
    flash(gettext("The outcome is recorded."))
    return redirect(url_for("dispatch.referrals.show", referral_id=referral_id), 303)
