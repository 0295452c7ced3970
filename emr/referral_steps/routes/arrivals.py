"""Noting that a patient is there who is expected at the doctor's own facility."""

from uuid import UUID

from flask import Blueprint, request

from dispatch_backend.bookings.actions.arrivals import record_arrival
from dispatch_backend.bookings.queries.bookings import referral_of_booking
from emr.referral_steps.forms import ArrivalForm
from emr.referral_steps.routes.steps import refused_step
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("arrivals", __name__)


@blueprint.post("/bookings/<uuid:booking_id>/arrival")
@open_to(Role.DOCTOR)
def create(booking_id: UUID):
    form = ArrivalForm(booking_id, request.form)
    message = gettext("It is noted that the patient is there.")
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: record_arrival(session, booking_id, version=form.version.data).patient_id,
        done=lambda patient_id: redirect_to("emr.patients.show", message, patient_id=patient_id),
        again=lambda refusal: _again(booking_id, form, refusal),
    )


def _again(booking_id: UUID, form: ArrivalForm, refusal: Refusal | None) -> str:
    with transaction(current_actor()) as session:
        return refused_step(session, referral_of_booking(session, booking_id), form, refusal)
