"""Giving a one-time code to whoever stands at the desk. The page that answers is the only place where it ever stands."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from foundation.database.transactions import ActorSession
from foundation.language.translation import gettext
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.confirmations.rules import OneTimeCode
from identity.registry.actions import hand_over_code
from identity.registry.forms import SeenDocumentForm
from identity.registry.routes.patients import patient_page
from identity.roles import Role

blueprint = Blueprint("linking_codes", __name__)


@blueprint.post("/registry/patients/<uuid:patient_id>/code")
@open_to(Role.REGISTRAR)
def create(patient_id: UUID):
    form, given = SeenDocumentForm(request.form), []

    def give(session: ActorSession) -> UUID:
        code_id, code = hand_over_code(session, patient_id, form.seen)
        given.append(code)
        return code_id

    return answer_form(
        form,
        actor=current_actor(),
        act=give,
        done=lambda _code_id: _shown(patient_id, given),
        again=lambda refusal: patient_page(patient_id, refusal, code_form=form),
    )


def _shown(patient_id: UUID, given: list[OneTimeCode]) -> ResponseReturnValue:
    if given:
        return render_template(
            "identity/registry/codes/show.html", code=given[0].printed, patient_id=patient_id
        )
    sentence = gettext(
        "This code was shown already and is kept nowhere. Give a new one if it was not written down."
    )
    return redirect_to("identity.registry_patients.show", sentence, patient_id=patient_id)
