"""Telling how a visit at the doctor's own facility went."""

from uuid import UUID

from flask import Blueprint, request

from dispatch_backend.bookings.actions.outcomes import record_outcome
from dispatch_backend.bookings.enumerations import Outcome
from dispatch_backend.bookings.queries.bookings import referral_of_booking
from emr.referral_steps.forms import VisitOutcomeForm
from emr.referral_steps.routes.steps import refused_step
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("outcomes", __name__)


@blueprint.post("/bookings/<uuid:booking_id>/outcome")
@open_to(Role.DOCTOR)
def create(booking_id: UUID):
    form = VisitOutcomeForm(booking_id, request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: _told(session, booking_id, form),
        # Whoever did not come may be nobody's patient here any more.
        done=lambda _patient_id: redirect_to("emr.patients.index", gettext("The outcome is recorded.")),
        again=lambda refusal: _again(booking_id, form, refusal),
    )


def _told(session, booking_id: UUID, form: VisitOutcomeForm) -> UUID:
    referral = record_outcome(
        session,
        booking_id,
        outcome=Outcome(form.outcome.data),
        reason=form.note.data or "",
        version=form.version.data,
    )
    return referral.patient_id


def _again(booking_id: UUID, form: VisitOutcomeForm, refusal: Refusal | None) -> str:
    with transaction(current_actor()) as session:
        return refused_step(session, referral_of_booking(session, booking_id), form, refusal)
