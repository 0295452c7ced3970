"""Bundles as another system's export has them: a person with years of visits, results, diagnoses and prescriptions."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

VISITS, RESULTS_A_VISIT = 12, 5
TESTS = (("718-7", "Hemoglobin", "g/L"), ("2160-0", "Creatinine", "umol/L"), ("4548-4", "HbA1c", "%"),
         ("8480-6", "Systolic blood pressure", "mm[Hg]"), ("29463-7", "Body weight", "kg"))  # fmt: skip
Resource = dict[str, Any]


def write_bundles(folder: Path, count: int, *, seed: int) -> list[Path]:
    """So many transactions, each about somebody of their own; the same seed makes the same people."""
    chance = random.Random(seed)
    files = []
    for number in range(count):
        file = folder / f"{seed}-{number:05}.json"
        file.write_text(json.dumps(_bundle(chance)), encoding="utf-8")
        files.append(file)
    return files


def _bundle(chance: random.Random) -> Resource:
    entries = [
        {
            "fullUrl": f"urn:uuid:{identifier}",
            "resource": resource,
            "request": {"method": "POST", "url": resource["resourceType"]},
        }
        for identifier, resource in _resources(chance)
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _resources(chance: random.Random) -> Iterator[tuple[UUID, Resource]]:
    person, place, doctor = (_uuid(chance) for _ in range(3))
    yield (
        person,
        {
            "resourceType": "Patient",
            "identifier": [{"system": "https://elsewhere.example/ids", "value": str(person)}],
            "name": [{"use": "official", "family": "Ivanova", "given": ["Anna", "Petrovna"]}],
            "gender": "female",
            "birthDate": f"{chance.randrange(1930, 2015)}-05-03",
            "address": [{"line": ["5 School Street"], "city": "Nezhinka", "country": "RU"}],
            "telecom": [{"system": "phone", "value": "+7 000 000-00-05"}],
        },
    )
    yield place, {"resourceType": "Organization", "name": "Clinic elsewhere", "active": True}
    yield doctor, {"resourceType": "Practitioner", "name": [{"family": "Petrov", "given": ["Pavel"]}]}
    for number in range(VISITS):
        yield from _visit(chance, number, person=person, place=place, doctor=doctor)


def _visit(
    chance: random.Random, number: int, *, person: UUID, place: UUID, doctor: UUID
) -> Iterator[tuple[UUID, Resource]]:
    visit = _uuid(chance)
    at = f"{2010 + number}-{chance.randrange(1, 13):02}-{chance.randrange(1, 28):02}T09:00:00+05:00"
    told = {"subject": _reference(person), "encounter": _reference(visit)}
    yield (
        visit,
        {
            "resourceType": "Encounter",
            "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "type": [{"text": "Consultation"}],
            "subject": _reference(person),
            "participant": [{"individual": _reference(doctor)}],
            "period": {"start": at, "end": at},
            "serviceProvider": _reference(place),
        },
    )
    for code, display, unit in TESTS[:RESULTS_A_VISIT]:
        measured = {"value": chance.randrange(10, 200), "unit": unit, "system": "http://unitsofmeasure.org"}
        yield (
            _uuid(chance),
            {
                "resourceType": "Observation",
                **told,
                "status": "final",
                "category": [{"coding": [_coding("observation-category", "laboratory", "Laboratory")]}],
                "code": {
                    "coding": [{"system": "http://loinc.org", "code": code, "display": display}],
                    "text": display,
                },
                "effectiveDateTime": at,
                "issued": at,
                "valueQuantity": {**measured, "code": unit},
                "text": {"status": "generated", "div": _narrative(display)},
            },
        )
    yield (
        _uuid(chance),
        {
            "resourceType": "Condition",
            **told,
            "clinicalStatus": {"coding": [_coding("condition-clinical", "resolved", "Resolved")]},
            "verificationStatus": {"coding": [_coding("condition-ver-status", "confirmed", "Confirmed")]},
            "code": {
                "coding": [{"system": "http://snomed.info/sct", "code": "195662009"}],
                "text": "Viral pharyngitis",
            },
            "onsetDateTime": at,
            "recordedDate": at,
        },
    )
    yield (
        _uuid(chance),
        {
            "resourceType": "MedicationRequest",
            **told,
            "status": "completed",
            "intent": "order",
            "medicationCodeableConcept": {"text": "Paracetamol 500 mg"},
            "authoredOn": at,
            "requester": _reference(doctor),
            "dosageInstruction": [{"text": "One tablet three times a day", "asNeededBoolean": True}],
        },
    )


def _uuid(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)


def _reference(target: UUID) -> dict[str, str]:
    return {"reference": f"urn:uuid:{target}"}


def _coding(system: str, code: str, display: str) -> dict[str, str]:
    return {"system": f"http://terminology.hl7.org/CodeSystem/{system}", "code": code, "display": display}


def _narrative(words: str) -> str:
    return f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{words} was measured at the visit.</p></div>'
