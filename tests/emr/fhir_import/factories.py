"""FHIR resources as another system sends them: one meaningful default each."""

import json
from typing import Any
from uuid import UUID, uuid4

from emr.fhir_import.actions.bundles import import_bundle
from emr.fhir_import.validation.bundles import read_bundle
from identity.patients.queries.patients import known_patient


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


def imported_patient(as_loader, value: dict[str, Any], *, facility_id: UUID) -> UUID:
    """The patient of `person_with`, imported with everything that is told of them."""
    with as_loader() as session:
        import_bundle(session, read_bundle(as_bytes(value), source="urn:x"), facility_id=facility_id)
        identifier = value["entry"][0]["resource"]["identifier"][0]
        patient_id = known_patient(session, system=identifier["system"], value=identifier["value"])
    assert patient_id is not None
    return patient_id


def line_of(result: Any) -> Any:
    """The closing line of a command."""
    return json.loads(result.stdout.splitlines()[-1])
