"""Referring a patient out of the chart."""

from uuid import UUID

from flask import Blueprint, render_template, request

from dispatch_backend.referrals.actions.referrals import NewReferral, send_referral
from dispatch_backend.services.enumerations import Priority
from dispatch_backend.services.queries import services
from emr.desk.actions import open_patient
from emr.referrals.forms import PRIORITY_CHOICES, SERVICE_KIND_WORDS, ReferralForm
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from foundation.web.forms import SelectChoice
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("referrals", __name__)


@blueprint.get("/patients/<uuid:patient_id>/referrals/new")
@open_to(Role.DOCTOR)
def new(patient_id: UUID):
    return _page(patient_id, _form(data={"priority": Priority.PLANNED.value}))


@blueprint.post("/patients/<uuid:patient_id>/referrals")
@open_to(Role.DOCTOR)
def create(patient_id: UUID):
    form = _form(request.form)
    message = gettext("The referral is sent. The dispatching centre looks for a time and place.")
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: _sending(session, patient_id, form),
        done=lambda _sent: redirect_to("emr.patients.show", message, patient_id=patient_id),
        again=lambda refusal: _page(patient_id, form, refusal),
    )


def _sending(session, patient_id: UUID, form: ReferralForm) -> UUID:
    asked = NewReferral(
        service_code=form.service.data,
        reason=form.reason.data or "",
        diagnosis_code=form.diagnosis_code.data or "",
        priority=Priority(form.priority.data),
    )
    return send_referral(session, patient_id, asked).id


def _form(typed=None, **options) -> ReferralForm:
    form = ReferralForm(typed, **options)
    with transaction(current_actor()) as session:
        offered = services(session)
    # Nothing is chosen beforehand: a referral to the first of the list would be nobody's wish.
    form.service.choices = [
        SelectChoice("", ""),
        *(
            SelectChoice(each.code, str(each.name), optgroup=str(SERVICE_KIND_WORDS[each.kind]))
            for each in offered
        ),
    ]
    form.priority.choices = [SelectChoice(each.value, words) for each, words in PRIORITY_CHOICES.items()]
    return form


def _page(patient_id: UUID, form: ReferralForm, refusal: Refusal | None = None) -> str:
    with transaction(current_actor()) as session:
        patient = open_patient(session, patient_id)
    return render_template(
        "emr/referrals/new.html", patient=patient, form=form, sentence=sentence_of(refusal)
    )
