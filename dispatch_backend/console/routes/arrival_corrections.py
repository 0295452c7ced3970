"""Taking back that the patient is there."""

from uuid import UUID

from flask import Blueprint, request

from dispatch_backend.bookings.actions.arrivals import undo_arrival
from dispatch_backend.console.forms import UndoArrivalForm
from dispatch_backend.console.routes.form_submission import answer_referral_form, booked_page
from foundation.language.translation import gettext
from identity.authorization import open_to
from identity.roles import DISPATCHING

blueprint = Blueprint("arrival_corrections", __name__)


@blueprint.post("/bookings/<uuid:booking_id>/arrival/correction")
@open_to(*DISPATCHING)
def create(booking_id: UUID):
    form = UndoArrivalForm(request.form)
    return answer_referral_form(
        form,
        act=lambda session: (
            undo_arrival(session, booking_id, reason=form.reason.data or "", version=form.version.data).id
        ),
        message=gettext("It is taken back: the patient is expected."),
        page=booked_page(booking_id),
    )
