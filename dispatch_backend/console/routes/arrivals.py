"""Noting that the patient is there."""

from uuid import UUID

from flask import Blueprint, request

from dispatch_backend.bookings.actions.arrivals import record_arrival
from dispatch_backend.console.forms import ArrivalForm
from dispatch_backend.console.routes.form_submission import answer_referral_form, booked_page
from foundation.language.translation import gettext
from identity.authorization import open_to
from identity.roles import DISPATCHING

blueprint = Blueprint("arrivals", __name__)


@blueprint.post("/bookings/<uuid:booking_id>/arrival")
@open_to(*DISPATCHING)
def create(booking_id: UUID):
    form = ArrivalForm(request.form)
    return answer_referral_form(
        form,
        act=lambda session: record_arrival(session, booking_id, version=form.version.data).id,
        message=gettext("It is noted that the patient is there."),
        page=booked_page(booking_id),
    )
