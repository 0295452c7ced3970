"""A citizen's own contact details, and what is sent there; and the e-mail address of a member of staff."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from foundation.actor import ActorKind
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, reader_locale, sentence_of
from foundation.web.current_settings import current_settings
from foundation.web.form_submission import Act, answer_form, redirect_to
from foundation.web.forms import IdempotentForm
from identity.authorization import current_actor, open_to, open_to_staff
from identity.contact_points.actions import (
    choose_sign_in_letters,
    end_own,
    enter_own,
    open_own_contacts,
    send_own_link,
)
from identity.contact_points.enumerations import ContactSystem
from identity.contact_points.forms import ChooseNoticesForm, EnterEmailForm, EnterPhoneForm, PressForm
from identity.contact_points.queries import ContactDetails
from identity.roles import Role

blueprint = Blueprint("contacts", __name__, url_prefix="/my/contact")
staff_blueprint = Blueprint("staff_contacts", __name__, url_prefix="/staff/contact")


@blueprint.get("")
@open_to(Role.PATIENT, whole=True)
def index():
    return _page()


@staff_blueprint.get("", endpoint="index")
@open_to_staff
def index_of_staff():
    return _page()


@blueprint.post("/email")
@open_to(Role.PATIENT, whole=True)
def create_email():
    return _enter_email()


@staff_blueprint.post("/email", endpoint="create_email")
@open_to_staff
def create_email_of_staff():
    return _enter_email()


@blueprint.post("/phone")
@open_to(Role.PATIENT, whole=True)
def create_phone():
    form = EnterPhoneForm(request.form)
    return _answer(
        form,
        lambda session: enter_own(session, ContactSystem.PHONE, form.value, letter_in=None),
        gettext("The telephone is kept."),
        phone_form=form,
    )


@blueprint.post("/<uuid:contact_point_id>/end")
@open_to(Role.PATIENT, whole=True)
def destroy(contact_point_id: UUID):
    return _end(contact_point_id)


@staff_blueprint.post("/<uuid:contact_point_id>/end", endpoint="destroy")
@open_to_staff
def destroy_of_staff(contact_point_id: UUID):
    return _end(contact_point_id)


@blueprint.post("/<uuid:contact_point_id>/link")
@open_to(Role.PATIENT, whole=True)
def create_link(contact_point_id: UUID):
    return _send_link(contact_point_id)


@staff_blueprint.post("/<uuid:contact_point_id>/link", endpoint="create_link")
@open_to_staff
def create_link_of_staff(contact_point_id: UUID):
    return _send_link(contact_point_id)


@blueprint.post("/choice")
@open_to(Role.PATIENT, whole=True)
def update():
    return _choose()


@staff_blueprint.post("/choice", endpoint="update")
@open_to_staff
def update_of_staff():
    return _choose()


def _enter_email() -> ResponseReturnValue:
    form, sends = EnterEmailForm(request.form), current_settings().sends_mail
    return _answer(
        form,
        lambda session: enter_own(
            session, ContactSystem.EMAIL, form.value, letter_in=reader_locale() if sends else None
        ),
        gettext("A letter is on its way to you. Open the link in it within 24 hours.")
        if sends
        else gettext("The address is kept."),
        email_form=form,
    )


def _end(contact_point_id: UUID) -> ResponseReturnValue:
    return _answer(
        PressForm(request.form),
        lambda session: end_own(session, contact_point_id),
        gettext("It is used no more. It stays under “Earlier ones”."),
    )


def _send_link(contact_point_id: UUID) -> ResponseReturnValue:
    return _answer(
        PressForm(request.form),
        lambda session: send_own_link(
            session, contact_point_id, language=reader_locale(), sends=current_settings().sends_mail
        ),
        gettext("A letter is on its way to you. Open the link in it within 24 hours."),
    )


def _choose() -> ResponseReturnValue:
    form = ChooseNoticesForm(request.form)
    return _answer(
        form,
        lambda session: choose_sign_in_letters(
            session, wanted=form.wanted.data == "yes", language=form.language.data
        ),
        gettext("Your choice is kept."),
        choice_form=form,
    )


def _answer(form: IdempotentForm, act: Act, message: str, **shown: Any) -> ResponseReturnValue:
    side = "staff_" if _is_staff() else ""
    return answer_form(
        form,
        actor=current_actor(),
        act=act,
        done=lambda _id: redirect_to(f"identity.{side}contacts.index", message),
        again=lambda refusal: _page(refusal, **shown),
    )


def _is_staff() -> bool:
    return current_actor().kind is ActorKind.STAFF


def _page(
    refusal: Refusal | None = None,
    *,
    email_form: EnterEmailForm | None = None,
    phone_form: EnterPhoneForm | None = None,
    choice_form: ChooseNoticesForm | None = None,
) -> str:
    with transaction(current_actor()) as session:
        details = open_own_contacts(session)
    return render_template(
        "identity/contact_points/contacts/index.html",
        staff=_is_staff(),
        details=details,
        sends=current_settings().sends_mail,
        email_form=email_form or EnterEmailForm(),
        phone_form=phone_form or EnterPhoneForm(),
        choice_form=choice_form or _choice_of(details),
        press=PressForm(),
        wrong=email_form or phone_form or choice_form or PressForm(),
        sentence=sentence_of(refusal),
    )


def _choice_of(details: ContactDetails) -> ChooseNoticesForm:
    chosen = details.choice
    if chosen is None:
        return ChooseNoticesForm(wanted="no")
    return ChooseNoticesForm(wanted="yes" if chosen.wanted else "no", language=chosen.language)
