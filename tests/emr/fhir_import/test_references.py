"""References lead where they say: within a resource, within the bundle, into the directory. What leads nowhere is told."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from emr.chart.queries.chart import chart_of
from emr.content.rules.context import directory_name
from emr.details.queries.entries import entry_to_read
from emr.entries.tables.entries import EntryVersion
from emr.fhir_import.actions.bundles import import_bundle
from emr.fhir_import.validation.bundles import read_bundle
from emr.timeline.queries.timeline import timeline_of
from identity.patients.queries.patients import known_patient
from identity.people.rules.snils import SNILS_SYSTEM
from tests.emr.fhir_import.factories import (
    as_bytes,
    bundle,
    entry,
    imported_patient,
    observation,
    patient_resource,
)

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
        [medicine] = [each.line for each in chart_of(session, patient_id).medicines[0].statements]
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


def document(who: str, url: str, **changes):
    attachment = {"contentType": "text/plain", "url": url, "title": "letter"}
    resource = {
        "resourceType": "DocumentReference",
        "status": "current",
        "subject": {"reference": who},
        "date": "2024-04-01T09:00:00Z",
        "content": [{"attachment": attachment}],
    }
    return {**resource, **changes}


def binary(**changes):
    return {"resourceType": "Binary", "contentType": "text/plain", "data": "SDcgbGV0dGVyIGJvZHk=", **changes}


def _imported(as_loader, value):
    with as_loader() as session:
        return import_bundle(session, read_bundle(as_bytes(value), source="urn:test:references"))


def _contents(as_loader, *resource_types: str):
    with as_loader() as session:
        versions = session.scalars(select(EntryVersion).order_by(EntryVersion.recorded_at.desc()).limit(4))
        return {
            each.content["resourceType"]: each
            for each in reversed(versions.all())
            if each.content["resourceType"] in resource_types
        }


@pytest.mark.parametrize("names_a_patient", [True, False])
def test_a_document_s_bytes_are_stored_with_the_patient_and_linked(as_loader, names_a_patient):
    who, where = f"urn:uuid:{uuid4()}", f"urn:uuid:{uuid4()}"
    whose = {"securityContext": {"reference": who}} if names_a_patient else {}
    value = bundle(entry(binary(**whose), where), entry(patient_resource(), who), entry(document(who, where)))

    first, second = _imported(as_loader, value), _imported(as_loader, value)

    stored = _contents(as_loader, "Binary", "DocumentReference")
    link = stored["DocumentReference"].content["content"][0]["attachment"]["url"]
    assert (first.stored, first.unresolved, first.refused) == (second.unchanged, [], [])
    assert link == f"Binary/{stored['Binary'].entry_id}"
    assert stored["Binary"].patient_id == stored["DocumentReference"].patient_id
    assert stored["Binary"].effective_at == stored["DocumentReference"].effective_at


def test_what_leads_nowhere_is_accounted_for_and_the_rest_is_stored(as_loader):
    who, dead = f"urn:uuid:{uuid4()}", f"urn:uuid:{uuid4()}"
    value = bundle(
        entry(patient_resource(), who),
        entry(document(who, dead)),
        entry(binary()),
        entry(prescription(who, medicationReference={"reference": "#drug"})),
        entry(prescription(who, medicationReference={"reference": "Medication/unknown"})),
    )

    imported = _imported(as_loader, value)

    assert imported.stored == {"Patient": 1, "DocumentReference": 1, "MedicationRequest": 2}
    assert [each.where for each in imported.refused] == ["Bundle.entry[2].resource"]
    assert imported.unresolved == [
        ("Bundle.entry[1].resource.content[0].attachment.url", dead),
        ("Bundle.entry[3].resource.medicationReference.reference", "#drug"),
        ("Bundle.entry[4].resource.medicationReference.reference", "Medication/unknown"),
    ]


def test_addresses_of_other_types_follow_into_the_bundle(as_loader):
    who, form = f"urn:uuid:{uuid4()}", f"urn:uuid:{uuid4()}"
    asked = {"resourceType": "Questionnaire", "status": "active", "title": "How are you?"}
    answer = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "questionnaire": f"{form}|2",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": form},
        "subject": {"reference": who},
    }

    _imported(as_loader, bundle(entry(patient_resource(), who), entry(answer), entry(asked, form)))

    content = _contents(as_loader, "QuestionnaireResponse")["QuestionnaireResponse"].content
    assert re.fullmatch(r"Questionnaire/[0-9a-f-]{36}\|2", content["questionnaire"])
    assert content["identifier"]["value"] == form


@pytest.mark.parametrize(
    ("names", "called"),
    [
        ([{"use": "maiden", "family": "Before"}, {"family": "Now"}], "Now"),
        ([{"use": "usual", "family": "Usual"}, {"use": "official", "family": "Official"}], "Official"),
        ([{"use": "old", "family": "Only"}], "Only"),
        ([], ""),
    ],
)
def test_nobody_is_called_by_a_name_of_old_where_they_have_another(names, called):
    assert directory_name({"name": names}) == called


def test_a_patient_known_from_another_sender_is_found_by_what_the_next_one_calls_them(as_loader):
    person, number = patient_resource(), uuid4().hex[:12]
    first, second = f"https://{uuid4().hex}.example", f"https://{uuid4().hex}.example"

    def take(resource, source):
        with as_loader() as session:
            return import_bundle(session, read_bundle(as_bytes(resource), source=source))

    take(person, first)
    take({**person, "id": number}, second)

    assert take(observation(f"Patient/{number}"), second).stored == {"Observation": 1}
