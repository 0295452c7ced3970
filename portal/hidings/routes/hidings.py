"""The page that says what hiding an entry means, the presses that hide it and show it again, and the list of what is hidden."""

from uuid import UUID

from flask import Blueprint, render_template, request

from emr.entries.enumerations import Kind
from emr.hidings.actions import hide_entry, open_entry_to_hide, open_hidings, show_entry
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.roles import Role
from portal.hidings.forms import HideForm, HidingForm

blueprint = Blueprint("hidings", __name__)


@blueprint.get("/my/hidings")
@open_to(Role.PATIENT, whole=True)
def index():
    with transaction(current_actor()) as session:
        found = open_hidings(session)
    return render_template("portal/hidings/hidings/index.html", found=found, form=HidingForm())


@blueprint.get("/my/timeline/<uuid:entry_id>/hiding")
@open_to(Role.PATIENT, whole=True)
def new(entry_id: UUID):
    return _page(entry_id, HideForm(), None)


@blueprint.post("/my/timeline/<uuid:entry_id>/hiding")
@open_to(Role.PATIENT, whole=True)
def create(entry_id: UUID):
    form = HideForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: hide_entry(session, entry_id),
        done=lambda made: redirect_to("portal.entries.show", gettext("The entry is hidden."), entry_id=made),
        again=lambda refusal: _page(entry_id, form, refusal),
    )


@blueprint.post("/my/timeline/<uuid:entry_id>/hiding/lift")
@open_to(Role.PATIENT, whole=True)
def lift(entry_id: UUID):
    form = HidingForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: show_entry(session, entry_id),
        done=lambda made: redirect_to(
            "portal.entries.show",
            gettext("The entry is shown again to everybody who sees your record."),
            entry_id=made,
        ),
        again=lambda refusal: _page(entry_id, form, refusal),
    )


def _page(entry_id: UUID, form: HidingForm, refusal: Refusal | None) -> str:
    with transaction(current_actor()) as session:
        found = open_entry_to_hide(session, entry_id)
    return render_template(
        "portal/hidings/hidings/new.html",
        found=found,
        pictured=found.kind is Kind.IMAGE,
        form=form,
        sentence=sentence_of(refusal),
    )
