"""Opening the record of somebody who is in nobody's care here, because they are in danger."""

from datetime import date
from typing import cast

from flask import Blueprint, render_template, request

from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.emergencies.actions import open_in_emergency
from identity.emergencies.enumerations import EmergencyReason
from identity.emergencies.forms import OpenInEmergencyForm
from identity.roles import Role

blueprint = Blueprint("emergencies", __name__, url_prefix="/staff/emergencies")


@blueprint.get("/new")
@open_to(Role.DOCTOR, Role.NURSE)
def new():
    return _page(OpenInEmergencyForm(), None)


@blueprint.post("")
@open_to(Role.DOCTOR, Role.NURSE)
def create():
    form = OpenInEmergencyForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: open_in_emergency(
            session,
            snils=form.snils.data or "",
            birth_date=cast(date, form.birth_date.data),  # the form insists on it
            reason=EmergencyReason(form.reason.data),
            words=form.words.data or "",
        ),
        done=lambda patient_id: redirect_to(
            "emr.patients.show",
            gettext(
                "The record is open to you for 60 minutes. The patient and the privacy officer were told."
            ),
            patient_id=patient_id,
        ),
        again=lambda refusal: _page(form, refusal),
    )


def _page(form: OpenInEmergencyForm, refusal: Refusal | None) -> str:
    return render_template("identity/emergencies/new.html", form=form, sentence=sentence_of(refusal))
