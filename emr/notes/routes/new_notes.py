"""The form of a new note: opened with an identity of its own, so that Back and a second Save lead to the same note."""

from uuid import UUID

from flask import Blueprint, render_template
from werkzeug.datastructures import MultiDict

from emr.drafts.enumerations import DraftForm
from emr.drafts.tickets import seal_ticket
from emr.notes.actions.drafts import open_new_note
from emr.notes.forms import NoteForm
from foundation.clock import local, now
from foundation.database.transactions import transaction
from foundation.identifiers import new_id
from foundation.language.translation import gettext
from foundation.web.form_submission import redirect_to
from identity.authorization import current_actor, open_to
from identity.patients.queries.patients import patient_card
from identity.roles import Role

blueprint = Blueprint("new_notes", __name__)


@blueprint.get("/patients/<uuid:patient_id>/entries/new")
@open_to(Role.DOCTOR)
def new(patient_id: UUID):
    with transaction(current_actor()) as session:
        patient_card(session, patient_id)
    return redirect_to("emr.new_notes.edit", patient_id=patient_id, draft_id=new_id())


@blueprint.get("/patients/<uuid:patient_id>/entries/new/<uuid:draft_id>")
@open_to(Role.DOCTOR)
def edit(patient_id: UUID, draft_id: UUID):
    with transaction(current_actor()) as session:
        note = open_new_note(session, patient_id, draft_id)
    if note.written and note.draft:
        return redirect_to("emr.notes.edit", entry_id=draft_id)
    if note.written:
        message = gettext("This note is saved already: here it is.")
        return redirect_to("emr.entries.show", message, entry_id=draft_id)
    moment = local(now()).replace(tzinfo=None, second=0, microsecond=0)
    form = NoteForm(
        MultiDict(note.draft.content) if note.draft else None, seen_at=moment, draft_id=str(draft_id)
    )
    if note.draft:
        form.draft_version.process_data(note.draft.line.version)
    seal_ticket(form, current_actor(), patient_id, DraftForm.NOTE, at=now())
    return render_template(
        "emr/notes/notes/new.html", patient=note.patient, form=form, typed=note.draft, sentence=""
    )
