"""Signing an entry: the page that shows exactly what will be signed, and the act."""

from uuid import UUID

from flask import Blueprint, render_template, request

from emr.notes.actions.signatures import EntryToSign, open_to_sign, sign_entry
from emr.notes.forms import SignForm
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("signatures", __name__)


@blueprint.get("/entries/<uuid:entry_id>/signature")
@open_to(Role.DOCTOR)
def new(entry_id: UUID):
    opened = _opened(entry_id)
    if opened.entry.waiting is None:
        return redirect_to("emr.entries.show", entry_id=entry_id)
    return _page(opened, SignForm(seen_number=opened.entry.waiting.number))


@blueprint.post("/entries/<uuid:entry_id>/signature")
@open_to(Role.DOCTOR)
def create(entry_id: UUID):
    form = SignForm(request.form)
    message = gettext("Signed. The patient sees it now.")
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: sign_entry(session, entry_id, seen_number=form.seen_number.data or 0),
        done=lambda patient_id: redirect_to("emr.patients.show", message, patient_id=patient_id),
        again=lambda refusal: _again(entry_id, form, refusal),
    )


def _again(entry_id: UUID, form: SignForm, refusal: Refusal | None) -> str:
    opened = _opened(entry_id)
    # Whoever was refused reads the page anew, and signs what stands on it now.
    shown = SignForm(seen_number=opened.entry.versions[0].number) if refusal else form
    return _page(opened, shown, refusal)


def _opened(entry_id: UUID) -> EntryToSign:
    with transaction(current_actor()) as session:
        return open_to_sign(session, entry_id)


def _page(opened: EntryToSign, form: SignForm, refusal: Refusal | None = None) -> str:
    return render_template(
        "emr/notes/signatures/new.html",
        patient=opened.patient,
        entry=opened.entry,
        form=form,
        complete=opened.complete,
        sentence=sentence_of(refusal),
    )
