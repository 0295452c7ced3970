"""The privacy officer's desk: requests for erasure that wait, and their answers."""

from uuid import UUID

from flask import Blueprint, render_template, request

from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.roles import Role
from portal.erasures.actions import answer_erasure, list_waiting_erasures, open_erasure
from portal.erasures.enumerations import CLOSED, ErasureState
from portal.erasures.forms import KIND_WORDS, VERDICT_WORDS, AnswerErasureForm

blueprint = Blueprint("erasure_answers", __name__, url_prefix="/privacy/erasures")


@blueprint.get("")
@open_to(Role.PRIVACY_OFFICER)
def index():
    with transaction(current_actor()) as session:
        found = list_waiting_erasures(session)
    return render_template("portal/erasures/answers/index.html", found=found)


@blueprint.get("/<uuid:erasure_id>")
@open_to(Role.PRIVACY_OFFICER)
def new(erasure_id: UUID):
    return _page(erasure_id, None, None)


@blueprint.post("/<uuid:erasure_id>")
@open_to(Role.PRIVACY_OFFICER)
def create(erasure_id: UUID):
    form = AnswerErasureForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: answer_erasure(
            session,
            erasure_id,
            state=ErasureState(form.verdict.data),
            words=form.words.data or "",
            seen_steps=form.seen.data or 0,
        ),
        done=lambda _made: redirect_to(
            "portal.erasure_answers.index", gettext("The answer was sent to the patient.")
        ),
        again=lambda refusal: _page(erasure_id, form, refusal),
    )


def _page(erasure_id: UUID, form: AnswerErasureForm | None, refusal: Refusal | None) -> str:
    with transaction(current_actor()) as session:
        case = open_erasure(session, erasure_id)
    form = form or AnswerErasureForm()
    form.seen.process_data(len(case.answers))
    form.seen.raw_data = None
    return render_template(
        "portal/erasures/answers/new.html",
        case=case,
        closed=case.state in CLOSED,
        form=form,
        kinds=KIND_WORDS,
        verdicts=VERDICT_WORDS,
        sentence=sentence_of(refusal),
    )
