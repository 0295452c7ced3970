"""For how long what is kept, and a citizen's own requests that something be erased."""

from uuid import UUID

from flask import Blueprint, render_template, request

from foundation.clock import today
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.roles import STAFF_ROLES, Role
from portal.erasures.actions import ask_for_erasure, open_erasure, open_erasures, open_retention
from portal.erasures.forms import KIND_WORDS, STATE_WORDS, AskForErasureForm
from portal.erasures.rules import due_on

blueprint = Blueprint("erasures", __name__)


@blueprint.get("/my/erasure")
@open_to(Role.PATIENT, whole=True)
def index():
    return _page(AskForErasureForm(), None)


@blueprint.post("/my/erasure")
@open_to(Role.PATIENT, whole=True)
def create():
    form = AskForErasureForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: ask_for_erasure(session, words=(form.words.data or "").strip()),
        # That page begins with how the request stands.
        done=lambda made: redirect_to("portal.erasures.show", erasure_id=made),
        again=lambda refusal: _page(form, refusal),
    )


@blueprint.get("/my/erasure/<uuid:erasure_id>")
@open_to(Role.PATIENT, whole=True)
def show(erasure_id: UUID):
    with transaction(current_actor()) as session:
        case = open_erasure(session, erasure_id)
    return render_template(
        "portal/erasures/erasures/show.html", case=case, states=STATE_WORDS, kinds=KIND_WORDS
    )


@blueprint.get("/staff/retention")
@open_to(*STAFF_ROLES)
def retention():
    with transaction(current_actor()) as session:
        periods = open_retention(session)
    return render_template("portal/erasures/erasures/retention.html", periods=periods, kinds=KIND_WORDS)


def _page(form: AskForErasureForm, refusal: Refusal | None) -> str:
    with transaction(current_actor()) as session:
        found = open_erasures(session)
    return render_template(
        "portal/erasures/erasures/index.html",
        found=found,
        due=due_on(today(), days=found.term.days),
        states=STATE_WORDS,
        kinds=KIND_WORDS,
        form=form,
        sentence=sentence_of(refusal),
    )
