"""The page on which a person is asked for consents, answers, and reads what they answered when."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.consents.actions import decide_consent, open_consents
from identity.consents.enumerations import Decision, Purpose
from identity.consents.forms import DECISION_WORDS, STATE_WORDS, TEXTS, TITLES, TODAY, ConsentForm
from identity.consents.rules import TEXT_VERSIONS
from identity.roles import Role

blueprint = Blueprint("consents", __name__)


@blueprint.get("/my/consents")
@open_to(Role.PATIENT, whole=True)
def index():
    return _page(ConsentForm(), None)


@blueprint.post("/my/consents")
@open_to(Role.PATIENT, whole=True)
def create():
    form = ConsentForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: decide_consent(
            session,
            form.asked,
            decision=form.answered,
            seen_version=form.seen.data or 0,
        ),
        done=lambda _id: _answered(form.answered),
        again=lambda refusal: _page(form, refusal),
    )


def _answered(decision: Decision) -> ResponseReturnValue:
    agreed = decision is Decision.PERMIT
    message = gettext("Kept: you agree.") if agreed else gettext("Kept: you do not agree.")
    return redirect_to("identity.consents.index", message)


def _page(form: ConsentForm, refusal: Refusal | None) -> str:
    with transaction(current_actor()) as session:
        found = open_consents(session)
    return render_template(
        "identity/consents/consents/index.html",
        found=found,
        purposes=list(Purpose),
        versions=TEXT_VERSIONS,
        titles=TITLES,
        texts=TEXTS,
        today_words=TODAY,
        states=STATE_WORDS,
        decisions=DECISION_WORDS,
        form=form,
        sentence=sentence_of(refusal),
    )
