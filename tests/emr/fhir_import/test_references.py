"""References lead where they say: within a resource, within the bundle, into the directory. What leads nowhere is told."""

from uuid import uuid4

import pytest

from emr.chart.queries.chart import chart_of
from emr.details.queries import entry_to_read
from emr.fhir_import.actions.bundles import import_bundle
from emr.fhir_import.validation.bundles import read_bundle
from emr.timeline.queries.timeline import timeline_of
from identity.patients.queries.patients import known_patient
from identity.people.rules.snils import SNILS_SYSTEM
from tests.emr.fhir_import.factories import bundle, entry, imported_patient, patient_resource

DRUG = {"resourceType": "Medication", "code": {"text": "Metformin"}}
PERSON = {"resourceType": "Practitioner", "name": [{"family": "Petrov", "given": ["Pavel"]}]}


def prescription(who: str, **changes):
    resource = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "subject": {"reference": who},
        "authoredOn": "2024-06-01",
    }
    return {**resource, **changes}


def _orders(where: str, who: str):
    """The same prescription, with its medicine and its author in another place."""
    drug, person = f"urn:uuid:{uuid4()}", f"urn:uuid:{uuid4()}"
    role = {"resourceType": "PractitionerRole", "practitioner": {"reference": "#person"}}
    if where == "within the bundle":
        return [
            entry(DRUG, drug),
            entry(PERSON, person),
            entry(
                prescription(who, medicationReference={"reference": drug}, requester={"reference": person})
            ),
        ]
    contained = [{**DRUG, "id": "drug"}, {**PERSON, "id": "person"}, {**role, "id": "role"}]
    requester = {"reference": "#role" if where == "contained, by role" else "#person"}
    within = prescription(
        who, contained=contained, medicationReference={"reference": "#drug"}, requester=requester
    )
    return [entry(within)]


@pytest.mark.parametrize("where", ["contained", "contained, by role", "within the bundle"])
def test_a_prescription_is_named_by_its_medicine_wherever_that_stands(as_loader, as_actor, people, where):
    doctor = people.doctor()
    who = f"urn:uuid:{uuid4()}"
    value = bundle(entry(patient_resource(), who), *_orders(where, who))
    patient_id = imported_patient(as_loader, value, facility_id=doctor.facility_id)

    with as_actor(doctor.actor) as session:
        [medicine] = chart_of(session, patient_id).medicines
        shown = entry_to_read(session, medicine.entry_id)

    assert medicine.headline.en == shown.headline.en == "Metformin"
    assert shown.author == "Pavel Petrov"
    assert "Pavel Petrov" in _words(shown)


def test_the_contained_case_of_others_is_told(as_loader, as_actor, people, shared_cases):
    doctor = people.doctor()
    content = (shared_cases / "contained" / "contained.json").read_bytes()
    with as_loader() as session:
        import_bundle(session, read_bundle(content, source="urn:x"), facility_id=doctor.facility_id)
        patient_id = known_patient(session, system=SNILS_SYSTEM, value="90000000283")

    with as_actor(doctor.actor) as session:
        lines = {each.headline.en for each in timeline_of(session, patient_id).lines}
        entries = [each.entry_id for each in timeline_of(session, patient_id).lines]
        authors = {entry_to_read(session, each).author for each in entries}

    assert lines >= {"H7 contained Metformin"}
    assert authors >= {"Pavel H7Doctor", "H7 Lab House"}


def _words(shown) -> list[str]:
    return [field.value.en for section in shown.current.sections for field in section.fields]
