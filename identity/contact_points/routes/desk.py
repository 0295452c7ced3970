"""A patient's contact details at the registrar's desk: entered for somebody who stands there, and taken away."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.current_settings import current_settings
from foundation.web.form_submission import Act, answer_form, redirect_to
from foundation.web.forms import IdempotentForm
from identity.authorization import current_actor, open_to
from identity.contact_points.actions import (
    confirm_in_person,
    end_for_patient,
    enter_for_patient,
    open_contacts_of_patient,
)
from identity.contact_points.enumerations import ContactSystem
from identity.contact_points.forms import EnterEmailAtDeskForm, EnterPhoneForm, PressForm
from identity.roles import Role

blueprint = Blueprint("patient_contacts", __name__, url_prefix="/registry/patients/<uuid:patient_id>/contact")


@blueprint.get("")
@open_to(Role.REGISTRAR)
def index(patient_id: UUID):
    return _page(patient_id)


@blueprint.post("/email")
@open_to(Role.REGISTRAR)
def create_email(patient_id: UUID):
    form, sends = EnterEmailAtDeskForm(request.form), current_settings().sends_mail
    return _answer(
        patient_id,
        form,
        lambda session: enter_for_patient(
            session,
            patient_id,
            ContactSystem.EMAIL,
            form.value,
            letter_in=form.language.data if sends else None,
        ),
        gettext("The address is kept, and the patient is told."),
        email_form=form,
    )


@blueprint.post("/phone")
@open_to(Role.REGISTRAR)
def create_phone(patient_id: UUID):
    form = EnterPhoneForm(request.form)
    return _answer(
        patient_id,
        form,
        lambda session: enter_for_patient(
            session, patient_id, ContactSystem.PHONE, form.value, letter_in=None
        ),
        gettext("The telephone is kept, and the patient is told."),
        phone_form=form,
    )


@blueprint.post("/<uuid:contact_point_id>/end")
@open_to(Role.REGISTRAR)
def destroy(patient_id: UUID, contact_point_id: UUID):
    return _answer(
        patient_id,
        PressForm(request.form),
        lambda session: end_for_patient(session, patient_id, contact_point_id),
        gettext("It is used no more, and the patient is told."),
    )


@blueprint.post("/<uuid:contact_point_id>/confirmation")
@open_to(Role.REGISTRAR)
def confirm(patient_id: UUID, contact_point_id: UUID):
    return _answer(
        patient_id,
        PressForm(request.form),
        lambda session: confirm_in_person(session, patient_id, contact_point_id),
        gettext("The telephone is confirmed."),
    )


def _answer(
    patient_id: UUID, form: IdempotentForm, act: Act, message: str, **shown: Any
) -> ResponseReturnValue:
    return answer_form(
        form,
        actor=current_actor(),
        act=act,
        done=lambda _id: redirect_to("identity.patient_contacts.index", message, patient_id=patient_id),
        again=lambda refusal: _page(patient_id, refusal, **shown),
    )


def _page(
    patient_id: UUID,
    refusal: Refusal | None = None,
    *,
    email_form: EnterEmailAtDeskForm | None = None,
    phone_form: EnterPhoneForm | None = None,
) -> str:
    with transaction(current_actor()) as session:
        found = open_contacts_of_patient(session, patient_id)
    return render_template(
        "identity/contact_points/desk/index.html",
        patient=found.patient,
        details=found.details,
        sends=current_settings().sends_mail,
        email_form=email_form or EnterEmailAtDeskForm(language="ru"),
        phone_form=phone_form or EnterPhoneForm(),
        press=PressForm(),
        wrong=email_form or phone_form or PressForm(),
        sentence=sentence_of(refusal),
    )
