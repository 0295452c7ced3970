"""Recording what became of a booking."""

from uuid import UUID

from flask import Blueprint, request

from dispatch_backend.bookings.actions.outcomes import record_outcome
from dispatch_backend.bookings.enumerations import Outcome
from dispatch_backend.console.forms import OutcomeForm
from dispatch_backend.console.routes.form_submission import answer_referral_form, booked_page
from foundation.language.translation import gettext
from identity.authorization import open_to
from identity.roles import DISPATCHING

blueprint = Blueprint("outcomes", __name__)


@blueprint.post("/bookings/<uuid:booking_id>/outcome")
@open_to(*DISPATCHING)
def create(booking_id: UUID):
    form = OutcomeForm(request.form)
    return answer_referral_form(
        form,
        act=lambda session: (
            record_outcome(
                session,
                booking_id,
                outcome=Outcome(form.outcome.data),
                reason=form.note.data or "",
                version=form.version.data,
            ).id
        ),
        message=gettext("The outcome is recorded."),
        page=booked_page(booking_id),
    )
