"""Answering a conflict, or confirming a provisional patient."""

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from emr.conflicts.actions import answer_conflict
from emr.conflicts.forms import AnswerConflictForm, ConfirmPatientForm
from emr.conflicts.routes.conflicts import conflict_page
from foundation.language.translation import gettext
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("conflict_answers", __name__, url_prefix="/conflicts/<uuid:conflict_id>")


@blueprint.post("/answer")
@open_to(Role.REGISTRAR)
def create(conflict_id: UUID):
    return _answered(conflict_id, AnswerConflictForm(request.form))


@blueprint.post("/confirmation")
@open_to(Role.REGISTRAR)
def confirm(conflict_id: UUID):
    return _answered(conflict_id, ConfirmPatientForm(request.form))


def _answered(conflict_id: UUID, form: AnswerConflictForm | ConfirmPatientForm) -> ResponseReturnValue:
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: answer_conflict(session, conflict_id, form.answer),
        done=lambda _conflict_id: redirect_to(
            "emr.conflicts.show",
            gettext("Answered. It is carried out within a minute."),
            conflict_id=conflict_id,
        ),
        again=lambda refusal: conflict_page(conflict_id, refusal, form=form),
    )
