"""Notes for tests: as a doctor types them, written, signed, amended."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient

from emr.notes.actions.notes import save_note, write_note
from emr.notes.actions.signatures import sign_entry
from emr.notes.rules import Note
from tests.pages import filled
from tests.people import MadePatient, MadeStaff, People

SEEN_AT = datetime(2026, 5, 3, 9, 0, tzinfo=UTC)
# What a doctor types into the form.
TYPED = {
    "seen_at": "2026-05-03T14:05",
    "complaints": "Кашель <третий> день",
    "history": "",
    "examination": "Хрипы",
    "diagnosis_code": "j20.9",
    "diagnosis": "Острый бронхит",
    "plan": "Покой",
}


def note(**changes: Any) -> Note:
    values = {
        "complaints": "Кашель третий день",
        "history": "",
        "examination": "Дыхание жёсткое",
        "diagnosis_code": "J20.9",
        "diagnosis": "Острый бронхит",
        "plan": "Тёплое питьё, осмотр через неделю",
        "seen_at": SEEN_AT,
    }
    return Note(**{**values, **changes})


def signed_note(as_actor, doctor: MadeStaff, patient_id: UUID, **changes: object) -> UUID:
    """A note that the doctor wrote and signed."""
    with as_actor(doctor.actor) as session:
        entry_id = write_note(session, patient_id, note=note(**changes))
        sign_entry(session, entry_id, seen_number=1)
    return entry_id


def twice_written_note(as_actor, people: People, *, signed_again: bool) -> UUID:
    """A note of two versions, the first of them signed, the second as it is said."""
    doctor = people.doctor()
    patient = people.patient(cared_for_at=doctor.facility_id)
    entry_id = signed_note(as_actor, doctor, patient.id)
    with as_actor(doctor.actor) as session:
        save_note(session, entry_id, note=note(plan="Антибиотик"), seen_number=1, reason="Пришёл посев")
        if signed_again:
            sign_entry(session, entry_id, seen_number=2)
    return entry_id


def unsigned_note(as_actor, doctor: MadeStaff, patient_id: UUID) -> UUID:
    with as_actor(doctor.actor) as session:
        return write_note(session, patient_id, note=note())


def amended_note(as_actor, doctor: MadeStaff, patient_id: UUID, reason: str) -> UUID:
    """A note that was signed, changed and signed again."""
    entry_id = signed_note(as_actor, doctor, patient_id)
    with as_actor(doctor.actor) as session:
        save_note(session, entry_id, note=note(diagnosis="Острый трахеит", diagnosis_code="J04.1"),
                  seen_number=1, reason=reason)  # fmt: skip
        sign_entry(session, entry_id, seen_number=2)
    return entry_id


def typed_note(browser: FlaskClient, patient: MadePatient, **changes: str) -> UUID:
    """A note that a doctor has typed into the page's form."""
    page = browser.get(f"/emr/patients/{patient.id}/entries/new", follow_redirects=True)
    form = filled(page, **{**TYPED, **changes})
    answer = browser.post(f"/emr/patients/{patient.id}/entries", data=form)
    assert answer.status_code == 303, answer.text
    return UUID(next(part for part in answer.location.split("/") if part.count("-") == 4))
