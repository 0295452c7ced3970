"""A member of staff's own passkeys: the list, a new one, another name, its end."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_login import current_user

from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.current_settings import current_settings
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to_staff
from identity.second_factors.actions.challenges import consume_challenge
from identity.second_factors.actions.passkeys import add_passkey, end_passkey, rename_passkey, require_room
from identity.second_factors.enumerations import Ceremony
from identity.second_factors.forms import EndPasskeyForm, NewPasskeyForm, RenamePasskeyForm
from identity.second_factors.queries.demands import second_factor_required
from identity.second_factors.queries.passkeys import own_passkey, own_passkeys
from identity.second_factors.queries.resets import reset_of_actor
from identity.second_factors.rules.sites import site_of
from identity.sessions.rules.browsers import browser_named
from identity.staff.queries import staff_cards

blueprint = Blueprint("passkeys", __name__, url_prefix="/staff/passkeys")


@blueprint.get("")
@open_to_staff
def index():
    return _list(None)


@blueprint.get("/new")
@open_to_staff
def new():
    with transaction(current_actor()) as session:
        require_room(session)
    return _new(NewPasskeyForm(name=_suggested_name()), None)


@blueprint.post("")
@open_to_staff
def create():
    form, challenge = NewPasskeyForm(request.form), None
    if form.credential.data:
        with transaction(current_actor()) as session:
            # Whatever becomes of the answer, the question is not asked twice.
            challenge = consume_challenge(session, Ceremony.REGISTRATION)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: add_passkey(
            session,
            site_of(current_settings().public_url),
            form.credential.data or "",
            name=form.name.data or "",
            challenge=challenge,
        ),
        done=lambda _id: redirect_to("identity.passkeys.index", gettext("The passkey is added.")),
        again=lambda refusal: _new(form, refusal),
    )


@blueprint.get("/<uuid:passkey_id>/name")
@open_to_staff
def edit(passkey_id: UUID):
    with transaction(current_actor()) as session:
        name = own_passkey(session, passkey_id).name
    return _named(passkey_id, RenamePasskeyForm(name=name), None)


@blueprint.post("/<uuid:passkey_id>/name")
@open_to_staff
def update(passkey_id: UUID):
    form = RenamePasskeyForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: rename_passkey(session, passkey_id, name=form.name.data or ""),
        done=lambda _id: redirect_to("identity.passkeys.index", gettext("The passkey has its new name.")),
        again=lambda refusal: _named(passkey_id, form, refusal),
    )


@blueprint.post("/<uuid:passkey_id>/end")
@open_to_staff
def destroy(passkey_id: UUID):
    return answer_form(
        EndPasskeyForm(request.form),
        actor=current_actor(),
        act=lambda session: end_passkey(session, passkey_id),
        done=lambda _id: redirect_to("identity.passkeys.index", gettext("The passkey is removed.")),
        again=_list,
    )


def _list(refusal: Refusal | None) -> str:
    with transaction(current_actor()) as session:
        passkeys, reset = own_passkeys(session), reset_of_actor(session)
        administrators = staff_cards(session, reset.by if reset else ())
    return _page(
        "index",
        refusal,
        EndPasskeyForm(),
        passkeys=passkeys,
        required=second_factor_required(),
        reset=reset,
        administrators=administrators,
    )


def _new(form: NewPasskeyForm, refusal: Refusal | None) -> str:
    # What was refused is not sent again.
    form.credential.data = ""
    return _page("new", refusal, form)


def _named(passkey_id: UUID, form: RenamePasskeyForm, refusal: Refusal | None) -> str:
    return _page("edit", refusal, form, passkey_id=passkey_id)


def _page(name: str, refusal: Refusal | None, form: object, **values: object) -> str:
    return render_template(
        f"identity/second_factors/passkeys/{name}.html",
        site=site_of(current_settings().public_url),
        sentence=sentence_of(refusal),
        form=form,
        person=current_user.signed_in,
        **values,
    )


def _suggested_name() -> str:
    browser = browser_named(request.user_agent.string)
    return ", ".join(part for part in (browser.family, browser.system) if part)
