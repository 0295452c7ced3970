"""Cancelling a booking: the referral goes back to the queue, or is revoked with it."""

from uuid import UUID

from flask import Blueprint, request

from dispatch_backend.bookings.actions.bookings import cancel_booking
from dispatch_backend.console.forms import CancelBookingForm
from dispatch_backend.console.routes.form_submission import answer_referral_form, booked_page
from foundation.language.translation import gettext
from identity.authorization import open_to
from identity.roles import DISPATCHING

blueprint = Blueprint("cancellations", __name__)


@blueprint.post("/bookings/<uuid:booking_id>/cancellation")
@open_to(*DISPATCHING)
def create(booking_id: UUID):
    form = CancelBookingForm(request.form)
    return answer_referral_form(
        form,
        act=lambda session: (
            cancel_booking(
                session,
                booking_id,
                reason=form.reason.data or "",
                revoke=form.revoke.data,
                version=form.version.data,
            ).id
        ),
        message=gettext("The booking is cancelled and the slot is free again."),
        page=booked_page(booking_id),
    )
