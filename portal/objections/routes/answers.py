"""The privacy officer's desk: cases that wait, and their answers."""

from uuid import UUID

from flask import Blueprint, render_template, request

from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.roles import Role
from portal.access_log.forms.labels import ACT_WORDS
from portal.objections.actions import answer_objection, list_waiting_objections, open_objection
from portal.objections.enumerations import CLOSED, ObjectionState
from portal.objections.forms import VERDICT_WORDS, AnswerForm
from portal.objections.routes.objections import words_of_access

blueprint = Blueprint("answers", __name__, url_prefix="/privacy/objections")


@blueprint.get("")
@open_to(Role.PRIVACY_OFFICER)
def index():
    with transaction(current_actor()) as session:
        found = list_waiting_objections(session)
    return render_template("portal/objections/answers/index.html", found=found, acts=ACT_WORDS)


@blueprint.get("/<uuid:objection_id>")
@open_to(Role.PRIVACY_OFFICER)
def new(objection_id: UUID):
    return _page(objection_id, None, None)


@blueprint.post("/<uuid:objection_id>")
@open_to(Role.PRIVACY_OFFICER)
def create(objection_id: UUID):
    form = AnswerForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: answer_objection(
            session,
            objection_id,
            state=ObjectionState(form.verdict.data),
            words=form.words.data or "",
            seen_steps=form.seen.data or 0,
        ),
        done=lambda _made: redirect_to(
            "portal.answers.index", gettext("The answer was sent to the patient.")
        ),
        again=lambda refusal: _page(objection_id, form, refusal),
    )


def _page(objection_id: UUID, form: AnswerForm | None, refusal: Refusal | None) -> str:
    with transaction(current_actor()) as session:
        found = open_objection(session, objection_id)
    (case,) = found.cases
    form = form or AnswerForm()
    form.seen.process_data(len(case.answers))
    form.seen.raw_data = None
    return render_template(
        "portal/objections/answers/new.html",
        found=found,
        case=case,
        closed=case.state in CLOSED,
        form=form,
        acts=ACT_WORDS,
        verdicts=VERDICT_WORDS,
        sentence=sentence_of(refusal),
        **words_of_access(),
    )
