"""Cancelling a booking: the referral goes back to the queue, or is closed with it."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for

from dispatch_backend.actions import cancel_booking
from dispatch_backend.forms import CancelBookingForm
from dispatch_backend.queries import referral_of_booking
from dispatch_backend.routes.referrals import page_of
from foundation.database import transaction
from foundation.errors import RuleBroken
from foundation.idempotency import once
from foundation.language import gettext
from identity.guards import current_actor, open_to
from identity.rules.roles import Role

blueprint = Blueprint("cancellations", __name__)


@blueprint.post("/bookings/<uuid:booking_id>/cancellation")
@open_to(Role.DISPATCHER)
def create(booking_id: UUID):
    form, dispatcher = CancelBookingForm(request.form), current_actor()
    with transaction(dispatcher) as session:
        referral_id = referral_of_booking(session, booking_id, dispatcher)
    if not form.validate():
        return page_of(referral_id, form=form)
    try:
        with transaction(dispatcher) as session:
            once(
                session,
                key=form.idempotency_key.data or "",
                body={"booking": booking_id, **form.typed},
                act=lambda: (
                    cancel_booking(
                        session,
                        booking_id,
                        reason=form.reason.data or "",
                        dispatcher=dispatcher,
                        close=form.close.data,
                    ).id
                ),
            )
    except RuleBroken as refusal:
        return page_of(referral_id, refusal=refusal)
    flash(gettext("The booking is cancelled and the slot is free again."))
    return redirect(url_for("dispatch.referrals.show", referral_id=referral_id), 303)
