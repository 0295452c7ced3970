"""Noting that the patient comes, when they were asked."""

from uuid import UUID

from flask import Blueprint, request

from dispatch_backend.bookings.actions.arrivals import confirm_booking
from dispatch_backend.console.forms import ConfirmBookingForm
from dispatch_backend.console.routes.form_submission import answer_referral_form, booked_page
from foundation.language.translation import gettext
from identity.authorization import open_to
from identity.roles import DISPATCHING

blueprint = Blueprint("confirmations", __name__)


@blueprint.post("/bookings/<uuid:booking_id>/confirmation")
@open_to(*DISPATCHING)
def create(booking_id: UUID):
    form = ConfirmBookingForm(request.form)
    return answer_referral_form(
        form,
        act=lambda session: confirm_booking(session, booking_id, version=form.version.data).id,
        message=gettext("The booking is confirmed."),
        page=booked_page(booking_id),
    )
