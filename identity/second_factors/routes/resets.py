"""The administrators' page for colleagues who have lost their passkeys."""

from uuid import UUID

from flask import Blueprint, render_template, request

from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.roles import Role
from identity.second_factors.actions.resets import ask_for_reset, confirm_reset
from identity.second_factors.forms import AskForResetForm, ConfirmResetForm
from identity.second_factors.queries.resets import waiting_resets

blueprint = Blueprint("passkey_resets", __name__, url_prefix="/staff/passkey-resets")


@blueprint.get("")
@open_to(Role.ADMINISTRATOR)
def index():
    return _page(AskForResetForm(), None)


@blueprint.post("")
@open_to(Role.ADMINISTRATOR)
def create():
    form = AskForResetForm(request.form)
    message = gettext("Asked. Another administrator must confirm it within 24 hours.")
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: ask_for_reset(
            session, snils=form.snils.data or "", reason=form.reason.data or ""
        ),
        done=lambda _id: redirect_to("identity.passkey_resets.index", message),
        again=lambda refusal: _page(form, refusal),
    )


@blueprint.post("/<uuid:reset_id>/confirmation")
@open_to(Role.ADMINISTRATOR)
def confirm(reset_id: UUID):
    message = gettext("Confirmed. The passkeys of the colleague count no more.")
    return answer_form(
        ConfirmResetForm(request.form),
        actor=current_actor(),
        act=lambda session: confirm_reset(session, reset_id),
        done=lambda _id: redirect_to("identity.passkey_resets.index", message),
        again=lambda refusal: _page(AskForResetForm(), refusal),
    )


def _page(form: AskForResetForm, refusal: Refusal | None) -> str:
    with transaction(current_actor()) as session:
        resets, staff = waiting_resets(session)
    return render_template(
        "identity/second_factors/resets/index.html",
        form=form,
        confirm_form=ConfirmResetForm(),
        sentence=sentence_of(refusal),
        resets=resets,
        staff=staff,
        own_id=current_actor().staff_id,
    )
