"""Recording what became of a booking."""

from uuid import UUID

from flask import Blueprint, request

from dispatch_backend.actions import Outcome, record_outcome
from dispatch_backend.forms import OutcomeForm
from dispatch_backend.routes.changes import booked_page, changed
from foundation.language import gettext
from identity.guards import open_to
from identity.rules.roles import Role

blueprint = Blueprint("outcomes", __name__)


@blueprint.post("/bookings/<uuid:booking_id>/outcome")
@open_to(Role.DISPATCHER)
def create(booking_id: UUID):
    form = OutcomeForm(request.form)
    return changed(
        form,
        act=lambda session: (
            record_outcome(
                session, booking_id, outcome=Outcome(form.outcome.data), reason=form.note.data or ""
            ).id
        ),
        message=gettext("The outcome is recorded."),
        page=booked_page(booking_id),
    )
