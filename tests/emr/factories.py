"""FHIR resources and notes for tests: one meaningful default each."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from emr.notes.rules import Note

SEEN_AT = datetime(2026, 5, 3, 9, 0, tzinfo=UTC)


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


def patient_resource(identifier: str | None = None, **changes: Any) -> dict[str, Any]:
    resource = {
        "resourceType": "Patient",
        "identifier": [{"system": "https://clinic.example/ids", "value": identifier or str(uuid4())}],
        "name": [{"use": "official", "family": "Ivanova", "given": ["Anna"]}],
        "gender": "female",
        "birthDate": "1960-05-03",
    }
    return {**resource, **changes}


def observation(patient: str, **changes: Any) -> dict[str, Any]:
    resource = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "718-7", "display": "Hemoglobin"}]},
        "subject": {"reference": patient},
        "effectiveDateTime": "2026-05-03T09:00:00+05:00",
        "valueQuantity": {"value": 131, "unit": "g/L", "system": "http://unitsofmeasure.org", "code": "g/L"},
    }
    return {**resource, **changes}


def entry(resource: dict[str, Any], full_url: str | None = None) -> dict[str, Any]:
    return {
        "fullUrl": full_url or f"urn:uuid:{uuid4()}",
        "resource": resource,
        "request": {"method": "POST", "url": "Anything"},
    }


def bundle(*entries: dict[str, Any], kind: str = "transaction") -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def person_with(*resources: Any) -> dict[str, Any]:
    """A bundle of one new patient and resources made from their reference."""
    who = f"urn:uuid:{uuid4()}"
    return bundle(entry(patient_resource(), who), *(entry(make(who)) for make in resources))


def as_bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


def first_uuid(text: str) -> UUID:
    """The entry or patient that an address names."""
    return UUID(next(part for part in text.split("/") if part.count("-") == 4))
