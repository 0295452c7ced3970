"""Records for the portal's tests: signed notes, studies, and pages as a person reads them."""

import html
import re
from datetime import date
from uuid import UUID

from pydicom.uid import generate_uid

from archive_gateway.studies.actions.registering import Attribution, Origin, register_study
from emr.notes.actions.notes import save_note, write_note
from emr.notes.actions.signatures import sign_entry
from tests.emr.factories import note
from tests.people import MadeStaff

ENTRY_ADDRESS = re.compile(r"/my/timeline/([0-9a-f-]{36})")


def signed_note(as_actor, doctor: MadeStaff, patient_id: UUID, **changes: object) -> UUID:
    """A note that the doctor wrote and signed."""
    with as_actor(doctor.actor) as session:
        entry_id = write_note(session, patient_id, note=note(**changes))
        sign_entry(session, entry_id, seen_number=1)
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


def study_of(as_loader, patient_id: UUID, *, taken_on: date = date(2026, 3, 5)) -> str:
    """The identifier of a study that belongs to the patient."""
    uid = str(generate_uid())
    with as_loader() as session:
        origin = Origin(uid, study_date=f"{taken_on:%Y%m%d}", description="Chest")
        register_study(session, origin, Attribution(patient_id))
    return uid


def read(page) -> str:
    """The words of a page, as a person reads them: no markup, spaces run together."""
    body = re.sub(r"(?s)<(script|style|svg|head)\b.*?</\1>", " ", page.get_data(as_text=True))
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def entries_on(page) -> list[str]:
    """The entries that a page leads to, in its order."""
    return ENTRY_ADDRESS.findall(page.get_data(as_text=True))
