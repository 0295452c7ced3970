"""The consultation note: its sections, and how it is written as a FHIR Composition and read back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch_backend.services.enumerations import DiagnosisCode
from emr.content.rules.narrative import narrative_of, plain_text
from emr.content.rules.note_sections import COMPLAINTS, DIAGNOSIS, EXAMINATION, HISTORY, PLAN
from emr.sensitivity.enumerations import BY_HAND, LABEL_SYSTEM, LABEL_WORDS, Label
from emr.terminology.rules.phrases import LOINC
from foundation.errors import BadInput
from foundation.language.bilingual import BilingualText, bilingual
from foundation.language.marks import UNWRITABLE

CONSULTATION_NOTE = "11488-4"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
LONGEST_TEXT = 20_000
SECTION_TITLES: Mapping[str, BilingualText] = {
    COMPLAINTS: bilingual("Complaints"),
    HISTORY: bilingual("History"),
    EXAMINATION: bilingual("Examination"),
    DIAGNOSIS: bilingual("Diagnosis"),
    PLAN: bilingual("Plan"),
}
TITLE = "Consultation note"


@dataclass(frozen=True, slots=True)
class Note:
    """What a doctor types. `seen_at` is when the patient was seen; `labels` what of it no code says, in the order of `BY_HAND`."""

    complaints: str
    history: str
    examination: str
    diagnosis_code: str
    diagnosis: str
    plan: str
    seen_at: datetime
    labels: tuple[Label, ...] = ()

    @property
    def diagnosis_line(self) -> str:
        return f"{self.diagnosis_code} {self.diagnosis}".strip()

    @property
    def texts(self) -> Mapping[str, str]:
        """The text of each section by its LOINC code, in the order of the page."""
        return {
            COMPLAINTS: self.complaints,
            HISTORY: self.history,
            EXAMINATION: self.examination,
            DIAGNOSIS: self.diagnosis_line,
            PLAN: self.plan,
        }


def require_writable(note: Note) -> None:
    """Refuse a note that no record can hold.

    Raises:
        BadInput: a text is too long or holds control characters, or the code is not one of ICD-10.
    """
    for text in (note.complaints, note.history, note.examination, note.diagnosis, note.plan):
        if len(text) > LONGEST_TEXT:
            raise BadInput("A section is longer than %(most)s characters. Shorten it.", most=LONGEST_TEXT)
        if UNWRITABLE.search(text):
            raise BadInput("The text holds characters that cannot be written down. Type it again.")
    if note.diagnosis_code:
        DiagnosisCode(note.diagnosis_code)


@dataclass(frozen=True, slots=True)
class Authorship:
    """Who writes for whom, and where."""

    patient_id: UUID
    author_id: UUID
    author_name: str
    facility_id: UUID
    facility_name: str


def composition_of(note: Note, *, entry_id: UUID, by: Authorship, amends: bool) -> dict[str, Any]:
    """The note as a FHIR R4 Composition. `amends` where a signed version stands before it."""
    subject = {"reference": f"Patient/{by.patient_id}"}
    condition: dict[str, Any] = {
        "resourceType": "Condition",
        "id": "diagnosis",
        "code": {"text": note.diagnosis},
        "subject": subject,
    }
    if note.diagnosis_code:
        condition["code"]["coding"] = [{"system": ICD10, "code": note.diagnosis_code}]
    content: dict[str, Any] = {
        "resourceType": "Composition",
        "id": str(entry_id),
        "status": "amended" if amends else "final",
        "type": {"coding": [{"system": LOINC, "code": CONSULTATION_NOTE, "display": "Consult note"}]},
        "subject": subject,
        "date": note.seen_at.isoformat(timespec="seconds"),
        "author": [{"reference": f"Practitioner/{by.author_id}", "display": by.author_name}],
        "custodian": {"reference": f"Organization/{by.facility_id}", "display": by.facility_name},
        "title": note.diagnosis_line or TITLE,
    }
    sections = [_section(code, text, note) for code, text in note.texts.items() if text.strip()]
    if note.labels:
        # As a sender's: the database reads from it what restricts the version, and with its signature the entry.
        content["meta"] = {"security": [_security(each) for each in note.labels]}
    if note.diagnosis.strip():
        content["contained"] = [condition]
    if sections:
        content["section"] = sections
    return content


def _security(label: Label) -> dict[str, str]:
    return {"system": LABEL_SYSTEM, "code": label.value, "display": LABEL_WORDS[label].en}


def _section(code: str, text: str, note: Note) -> dict[str, Any]:
    section: dict[str, Any] = {
        "title": SECTION_TITLES[code].en,
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "text": narrative_of(text),
    }
    if code == DIAGNOSIS and note.diagnosis.strip():
        section["entry"] = [{"reference": "#diagnosis", "display": note.diagnosis_line}]
    return section


def is_note(content: Mapping[str, Any]) -> bool:
    """Whether a content is a consultation note that `note_of` can read back."""
    codings = (
        content.get("type", {}).get("coding", []) if content.get("resourceType") == "Composition" else []
    )
    return any(each.get("code") == CONSULTATION_NOTE for each in codings)


def is_complete(content: Mapping[str, Any]) -> bool:
    """Whether a note has the parts that every consultation has; whatever is no note of ours is not asked for them."""
    # `composition_of` writes a section where its text says something, and a Condition where the diagnosis has words.
    written = {
        coding.get("code")
        for section in content.get("section", [])
        for coding in section.get("code", {}).get("coding", [])
    }
    return not is_note(content) or (written >= {COMPLAINTS, PLAN} and "contained" in content)


def note_of(content: Mapping[str, Any]) -> Note:
    """The note that a Composition of ours holds, as it was typed."""
    texts = {
        each["code"]["coding"][0]["code"]: plain_text(each.get("text")) for each in content.get("section", [])
    }
    diagnosis: Mapping[str, Any] = next(iter(content.get("contained", [])), {"code": {}})["code"]
    coding: Mapping[str, Any] = next(iter(diagnosis.get("coding", [])), {"code": ""})
    labelled = {
        each.get("code")
        for each in content.get("meta", {}).get("security", [])
        if each.get("system") == LABEL_SYSTEM
    }
    return Note(
        complaints=texts.get(COMPLAINTS, ""),
        history=texts.get(HISTORY, ""),
        examination=texts.get(EXAMINATION, ""),
        diagnosis_code=coding["code"],
        diagnosis=diagnosis.get("text", ""),
        plan=texts.get(PLAN, ""),
        seen_at=datetime.fromisoformat(content["date"]),
        labels=tuple(each for each in BY_HAND if each in labelled),
    )
