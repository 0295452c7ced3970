"""Opening the record of somebody who is in nobody's care here, because they are in danger; and what was said of it afterwards."""

from datetime import date
from typing import cast
from uuid import UUID

from flask import Blueprint, render_template, request

from foundation.database.transactions import ActorSession, transaction
from foundation.errors import NotFound, Refusal
from foundation.language.translation import sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, note_asked_in_vain, open_to
from identity.emergencies.actions import list_own_emergencies, open_in_emergency
from identity.emergencies.enumerations import EmergencyReason
from identity.emergencies.forms import REASON_WORDS, VERDICT_WORDS, OpenInEmergencyForm
from identity.roles import Role

blueprint = Blueprint("emergencies", __name__, url_prefix="/staff/emergencies")


@blueprint.get("")
@open_to(Role.DOCTOR, Role.NURSE)
def index():
    with transaction(current_actor()) as session:
        found = list_own_emergencies(session)
    return render_template(
        "identity/emergencies/index.html", found=found, reasons=REASON_WORDS, verdicts=VERDICT_WORDS
    )


@blueprint.get("/new")
@open_to(Role.DOCTOR, Role.NURSE)
def new():
    return _page(OpenInEmergencyForm(), None)


@blueprint.post("")
@open_to(Role.DOCTOR, Role.NURSE)
def create():
    form = OpenInEmergencyForm(request.form)
    try:
        return answer_form(
            form,
            actor=current_actor(),
            act=lambda session: _open(session, form),
            done=lambda patient_id: redirect_to("emr.patients.show", patient_id=patient_id),
            again=lambda refusal: _page(form, refusal),
        )
    except NotFound as refusal:
        # A mistyped number costs nobody what was typed; but who asks for people at random is noted, and waits.
        note_asked_in_vain(refusal)
        form.renew_key()
        return _page(form, refusal), refusal.status


def _open(session: ActorSession, form: OpenInEmergencyForm) -> UUID:
    return open_in_emergency(
        session,
        snils=form.snils.data or "",
        birth_date=cast(date, form.birth_date.data),  # the form insists on it
        reason=EmergencyReason(form.reason.data),
        words=form.words.data or "",
        withheld=form.withheld.data,
    )


def _page(form: OpenInEmergencyForm, refusal: Refusal | None) -> str:
    return render_template("identity/emergencies/new.html", form=form, sentence=sentence_of(refusal))
