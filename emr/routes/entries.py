"""Entries: reading one, writing a note, changing it. What was typed is never lost, whatever the answer."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from emr.actions import Note, open_draft, open_entry, open_patient, save_note, write_note
from emr.forms import EditNoteForm, NoteForm
from emr.queries import entry_to_read
from emr.queries.notes import NoteToEdit, note_to_edit
from foundation.clock import now, zone
from foundation.database import transaction
from foundation.errors import BadInput, RuleBroken, Stale
from foundation.idempotency import once
from foundation.language import gettext
from identity.guards import current_actor, open_to
from identity.rules.roles import Role

blueprint = Blueprint("entries", __name__)


@blueprint.get("/entries/<uuid:entry_id>")
@open_to(Role.DOCTOR)
def show(entry_id: UUID):
    reader = current_actor()
    with transaction(reader) as session:
        patient, entry = open_entry(session, entry_id)
    own = entry.versions[0].author_id == reader.staff_id
    return render_template("emr/entries/show.html", patient=patient, entry=entry, own=own)


@blueprint.get("/patients/<uuid:patient_id>/entries/new")
@open_to(Role.DOCTOR)
def new(patient_id: UUID):
    form = NoteForm(seen_at=now().astimezone(zone()).replace(tzinfo=None, second=0, microsecond=0))
    return _new_page(patient_id, form)


@blueprint.post("/patients/<uuid:patient_id>/entries")
@open_to(Role.DOCTOR)
def create(patient_id: UUID):
    form = NoteForm(request.form)
    if not form.validate():
        return _new_page(patient_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    note = _note(form)
    try:
        with transaction(current_actor()) as session:
            entry_id = once(
                session,
                key=form.idempotency_key.data or "",
                body={**form.typed, "patient": patient_id},
                act=lambda: write_note(session, patient_id, note=note),
            )
    except BadInput as refusal:
        return _new_page(patient_id, form, _sentence(refusal)), refusal.status
    return _saved(entry_id)


@blueprint.get("/entries/<uuid:entry_id>/edit")
@open_to(Role.DOCTOR)
def edit(entry_id: UUID):
    with transaction(current_actor()) as session:
        editing = note_to_edit(session, entry_id, reader=current_actor())
    form = EditNoteForm(data={**editing.typed(zone()), "seen_number": editing.number})
    return _edit_page(editing, form)


@blueprint.post("/entries/<uuid:entry_id>")
@open_to(Role.DOCTOR)
def update(entry_id: UUID):
    form = EditNoteForm(request.form)
    if not form.validate():
        return _edit_page(_editing(entry_id), form), HTTPStatus.UNPROCESSABLE_ENTITY
    note = _note(form)
    try:
        with transaction(current_actor()) as session:
            once(
                session,
                key=form.idempotency_key.data or "",
                body={**form.typed, "entry": entry_id},
                act=lambda: _saving(session, entry_id, note, form),
            )
    except Stale as refusal:
        editing = _editing(entry_id)
        # Saving once more then goes on top of the version that is shown beside the typed text.
        form.seen_number.process_data(editing.number)
        form.seen_number.raw_data = None
        return _edit_page(editing, form, _sentence(refusal), compare=True), refusal.status
    except (BadInput, RuleBroken) as refusal:
        return _edit_page(_editing(entry_id), form, _sentence(refusal)), refusal.status
    return _saved(entry_id)


def _saving(session, entry_id: UUID, note: Note, form: EditNoteForm) -> UUID:
    save_note(
        session, entry_id, note=note, seen_number=form.seen_number.data or 0, reason=form.reason.data or ""
    )
    return entry_id


def _editing(entry_id: UUID) -> NoteToEdit:
    with transaction(current_actor()) as session:
        return note_to_edit(session, entry_id, reader=current_actor())


def _note(form: NoteForm) -> Note:
    seen_at = form.seen_at.data or now()
    return Note(
        complaints=_text(form.complaints.data),
        history=_text(form.history.data),
        examination=_text(form.examination.data),
        diagnosis_code=form.diagnosis_code.data or "",
        diagnosis=" ".join(_text(form.diagnosis.data).split()),
        plan=_text(form.plan.data),
        seen_at=seen_at.replace(tzinfo=zone()),
    )


def _text(typed: str | None) -> str:
    return (typed or "").replace("\r\n", "\n").strip()


def _sentence(refusal: BadInput | RuleBroken | Stale) -> str:
    return gettext(refusal.sentence, **refusal.values)


def _saved(entry_id: UUID):
    if request.form.get("next") == "sign":
        return redirect(url_for("emr.signatures.new", entry_id=entry_id), HTTPStatus.SEE_OTHER)
    flash(gettext("Saved. Only you see it until you sign it."))
    return redirect(url_for("emr.entries.show", entry_id=entry_id), HTTPStatus.SEE_OTHER)


def _new_page(patient_id: UUID, form: NoteForm, sentence: str = "") -> str:
    with transaction(current_actor()) as session:
        patient = open_patient(session, patient_id)
    return render_template("emr/entries/new.html", patient=patient, form=form, sentence=sentence)


def _edit_page(editing: NoteToEdit, form: EditNoteForm, sentence: str = "", *, compare: bool = False) -> str:
    with transaction(current_actor()) as session:
        patient = open_draft(session, editing)
        entry = entry_to_read(session, editing.entry_id, current_actor()) if compare else None
    return render_template(
        "emr/entries/edit.html", patient=patient, editing=editing, form=form, sentence=sentence, entry=entry
    )
