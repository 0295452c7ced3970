"""Writing a note, and changing it. What was typed is never lost, whatever the answer."""

from uuid import UUID

from flask import Blueprint, render_template, request
from werkzeug.datastructures import MultiDict

from emr.desk.actions import open_patient
from emr.drafts.actions import Typed, drop_draft
from emr.drafts.enumerations import DraftForm
from emr.drafts.forms import typed_fields
from emr.drafts.tickets import seal_ticket
from emr.notes.actions.drafts import OpenDraft, open_draft
from emr.notes.actions.notes import save_note, write_note
from emr.notes.forms import EditNoteForm, NoteForm
from emr.notes.rules import Note
from foundation.clock import now
from foundation.database.transactions import transaction
from foundation.errors import NotFound, Refusal, RuleBroken, Stale
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("notes", __name__)


@blueprint.post("/patients/<uuid:patient_id>/entries")
@open_to(Role.DOCTOR)
def create(patient_id: UUID):
    form = NoteForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: _writing(session, patient_id, form),
        done=_saved,
        again=lambda refusal: _new_again(patient_id, form, refusal),
    )


@blueprint.get("/entries/<uuid:entry_id>/edit")
@open_to(Role.DOCTOR)
def edit(entry_id: UUID):
    with transaction(current_actor()) as session:
        draft = open_draft(session, entry_id)
    if draft.typed:
        # What was typed as a new note knows no version that it changes: it was saved under the same identity.
        typed = {"seen_number": str(draft.editing.number), **draft.typed.content}
        form = EditNoteForm(MultiDict(typed), draft_id=str(entry_id))
        form.draft_version.process_data(draft.typed.line.version)
    else:
        saved = {**draft.editing.typed, "seen_number": draft.editing.number}
        form = EditNoteForm(data={**saved, "draft_id": str(entry_id)})
    return _edit_page(draft, form)


@blueprint.post("/entries/<uuid:entry_id>")
@open_to(Role.DOCTOR)
def update(entry_id: UUID):
    form = EditNoteForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: _saving(session, entry_id, form),
        done=_saved,
        again=lambda refusal: _edit_again(entry_id, form, refusal),
    )


def _writing(session, patient_id: UUID, form: NoteForm) -> UUID:
    draft_id = UUID(form.draft_id.data)
    written = write_note(session, patient_id, note=_note(form), entry_id=draft_id)
    drop_draft(session, draft_id, _typed(DraftForm.NOTE, form))
    return written


def _saving(session, entry_id: UUID, form: EditNoteForm) -> UUID:
    seen_number, reason = form.seen_number.data or 0, form.reason.data or ""
    save_note(session, entry_id, note=_note(form), seen_number=seen_number, reason=reason)
    drop_draft(session, entry_id, _typed(DraftForm.CHANGE, form))
    return entry_id


def _typed(kind: DraftForm, form: NoteForm) -> Typed:
    return Typed(kind, typed_fields(request.form), seen_version=form.draft_version.data or 0)


def _note(form: NoteForm) -> Note:
    return Note(
        complaints=_text(form.complaints.data),
        history=_text(form.history.data),
        examination=_text(form.examination.data),
        diagnosis_code=form.diagnosis_code.data or "",
        diagnosis=_text(form.diagnosis.data).strip(),
        plan=_text(form.plan.data),
        seen_at=form.seen_at.moment or now(),
        labels=form.labels,
    )


def _text(typed: str | None) -> str:
    """As it was typed: a browser sends line ends its own way, and a text without a word says nothing."""
    text = (typed or "").replace("\r\n", "\n").replace("\r", "\n")
    return text if text.strip() else ""


def _saved(entry_id: UUID):
    if request.form.get("next") == "sign":
        return redirect_to("emr.signatures.new", entry_id=entry_id)
    return redirect_to(
        "emr.entries.show", gettext("Saved. Only you see it until you sign it."), entry_id=entry_id
    )


def _new_again(patient_id: UUID, form: NoteForm, refusal: Refusal | None) -> str:
    if isinstance(refusal, Stale):
        # It was saved meanwhile, and perhaps signed: what was typed becomes a change of what was saved.
        try:
            return _edit_again(UUID(form.draft_id.data), EditNoteForm(request.form), refusal)
        except (NotFound, RuleBroken):
            # It stands under an identity that its author reached from a page of somebody else's: this text gets another.
            form.renew_draft()
            refusal = Stale("It was not saved yet. Save it once more: all that you typed is here.")
    with transaction(current_actor()) as session:
        patient = open_patient(session, patient_id)
    seal_ticket(form, current_actor(), patient_id, DraftForm.NOTE, at=now())
    return render_template(
        "emr/notes/notes/new.html", patient=patient, form=form, typed=None, sentence=sentence_of(refusal)
    )


def _edit_again(entry_id: UUID, form: EditNoteForm, refusal: Refusal | None) -> str:
    with transaction(current_actor()) as session:
        draft = open_draft(session, entry_id, compare=isinstance(refusal, Stale))
    if draft.newest:
        # Saving once more then goes on top of the version that is shown beside the typed text.
        form.seen_number.process_data(draft.newest.number)
        form.seen_number.raw_data = None
    if draft.typed is None:
        # The draft became what was saved meanwhile: what is typed on begins another, over none.
        form.draft_version.process_data(0)
        form.draft_version.raw_data = None
    form.renew_key()
    return _edit_page(draft, form, refusal)


def _edit_page(draft: OpenDraft, form: EditNoteForm, refusal: Refusal | None = None) -> str:
    seal_ticket(form, current_actor(), draft.patient.id, DraftForm.CHANGE, at=now())
    return render_template("emr/notes/notes/edit.html", draft=draft, form=form, sentence=sentence_of(refusal))
