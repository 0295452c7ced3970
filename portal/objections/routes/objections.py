"""A citizen's own cases about accesses to their record."""

from uuid import UUID

from flask import Blueprint, render_template, request

from emr.hidings.enumerations import OpenThough
from foundation.clock import today
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.access.enumerations import CareBasis
from identity.authorization import current_actor, open_to
from identity.roles import ROLE_NAMES, Role
from portal.access_log.forms.labels import ACT_WORDS, ALTHOUGH_HIDDEN_WORDS, BASIS_WORDS, law_words
from portal.objections.actions import (
    access_in_question,
    open_objection,
    open_own_objections,
    raise_objection,
)
from portal.objections.forms import STATE_WORDS, RaiseObjectionForm
from portal.objections.queries import objection_about, term_on

blueprint = Blueprint("objections", __name__)


@blueprint.get("/my/access/<int(max=9223372036854775807):event_id>/objection")
@open_to(Role.PATIENT)
def new(event_id: int):
    with transaction(current_actor()) as session:
        known = objection_about(session, event_id)
    if known is not None:
        return redirect_to("portal.objections.show", objection_id=known)
    return _page(event_id, RaiseObjectionForm(), None)


@blueprint.post("/my/access/<int(max=9223372036854775807):event_id>/objection")
@open_to(Role.PATIENT)
def create(event_id: int):
    form = RaiseObjectionForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: raise_objection(session, event_id, words=form.words.data or ""),
        done=lambda made: redirect_to(
            "portal.objections.show", gettext("Your question was sent."), objection_id=made
        ),
        again=lambda refusal: _page(event_id, form, refusal),
    )


@blueprint.get("/my/objections")
@open_to(Role.PATIENT)
def index():
    with transaction(current_actor()) as session:
        found = open_own_objections(session)
    return render_template("portal/objections/index.html", found=found, acts=ACT_WORDS, states=STATE_WORDS)


@blueprint.get("/my/objections/<uuid:objection_id>")
@open_to(Role.PATIENT)
def show(objection_id: UUID):
    with transaction(current_actor()) as session:
        found = open_objection(session, objection_id)
    return render_template(
        "portal/objections/show.html", found=found, acts=ACT_WORDS, states=STATE_WORDS, **words_of_access()
    )


def _page(event_id: int, form: RaiseObjectionForm, refusal: Refusal | None) -> str:
    with transaction(current_actor()) as session:
        log = access_in_question(session, event_id)
        term = term_on(session, today())
    return render_template(
        "portal/objections/new.html",
        log=log,
        act=log.acts[0],
        term=term,
        form=form,
        acts=ACT_WORDS,
        sentence=sentence_of(refusal),
    )


def words_of_access() -> dict[str, object]:
    """The words in which a case tells of role and care."""
    bases = {each.value: BASIS_WORDS[each] for each in CareBasis}
    hidden = {each.value: ALTHOUGH_HIDDEN_WORDS[each] for each in OpenThough}
    return {"roles": ROLE_NAMES, "bases": bases | hidden, "law_words": law_words}
