"""What leaves is closed in itself: one patient however many senders, live references, and who answers for each thing."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any
from uuid import uuid4

import orjson
import pytest
from fhir.resources.R4B.bundle import Bundle

from emr.fhir_import.actions.bundles import import_bundle
from emr.fhir_import.validation.bundles import read_bundle
from emr.notes.actions.notes import save_note
from emr.notes.actions.signatures import sign_entry
from identity.patients.queries.patients import known_patient
from tests.emr.fhir_import.factories import as_bytes, bundle, entry, observation, patient_resource
from tests.emr.notes.factories import note, signed_note
from tests.interop.official_schema import faults_of

SENDERS = ("https://one.example/fhir", "https://two.example/fhir", "https://three.example/fhir")
LONE_CODE = {"coding": [{"system": "http://loinc.org", "code": "718-7"}]}


def _of_sender(base: str, identifier: str) -> dict[str, Any]:
    """The same person and a few facts, as one of several senders tells them; ids are the same everywhere."""
    person = patient_resource(
        identifier,
        id="1",
        telecom=[{"system": "phone", "value": base}],
        address=[{"city": base}],
        contact=[{"name": {"text": "Next of kin"}}],
        contained=[{"resourceType": "Organization", "id": "1", "name": f"Clinic of {base}"}],
        managingOrganization={"reference": "#1"},
        generalPractitioner=[{"reference": "Practitioner/7"}],
    )
    person["identifier"].append({"system": base, "value": "1"})
    role = {
        "resourceType": "PractitionerRole",
        "id": "8",
        "practitioner": {"reference": "Practitioner/7"},
        "organization": {"reference": "Organization/unknown", "display": "A clinic nobody sent"},
    }
    facts = [
        observation("Patient/1", id="a", code=LONE_CODE, performer=[{"reference": "PractitionerRole/8"}]),
        observation("Patient/1", id="b", performer=[{"reference": "Practitioner?identifier=urn:x|9"}]),
        {
            "resourceType": "DocumentReference",
            "id": "d",
            "status": "current",
            "subject": {"reference": "Patient/1"},
            "content": [
                {"attachment": {"contentType": "text/plain", "url": "Binary/e"}},
                {"attachment": {"contentType": "text/plain", "url": f"urn:uuid:{uuid4()}"}},
            ],
        },
        {"resourceType": "Binary", "id": "e", "contentType": "text/plain", "data": "SDc="},
    ]
    practitioner = {"resourceType": "Practitioner", "id": "7", "name": [{"text": f"Doctor of {base}"}]}
    sent = [person, practitioner, role, *facts]
    return bundle(*(entry(each, f"{base}/{each['resourceType']}/{each['id']}") for each in sent))


@pytest.fixture
def exported(people, as_loader, as_actor, client_for):
    """The copy of a patient of three senders with two notes of ours, one of them amended; and their identifiers."""
    doctor, identifier = people.doctor(), str(uuid4())
    salt = uuid4().hex[:8]
    bases = [base.replace(".example", f".{salt}.example") for base in SENDERS]
    for base in bases:
        with as_loader() as session:
            incoming = read_bundle(as_bytes(_of_sender(base, identifier)), source="urn:test")
            import_bundle(session, incoming, facility_id=doctor.facility_id)
            patient_id = known_patient(session, system="https://clinic.example/ids", value=identifier)
    signed_note(as_actor, doctor, patient_id)
    amended = signed_note(as_actor, doctor, patient_id)
    with as_actor(doctor.actor) as session:
        save_note(session, amended, note=note(plan="Rest"), seen_number=1, reason="A better plan")
        sign_entry(session, amended, seen_number=2)
    browser = client_for(replace(people.patient().actor, patient_id=patient_id))
    return browser, patient_id, doctor, bases


def _read(browser, address: str = "/my/record.json") -> dict[str, Any]:
    answer = browser.get(address)
    assert answer.status_code == 200
    Bundle.model_validate_json(answer.data)
    said: dict[str, Any] = orjson.loads(answer.data)
    return said


def _resources(said: dict[str, Any], resource_type: str) -> list[dict[str, Any]]:
    every = (each["resource"] for each in said["entry"])
    return [each for each in every if each["resourceType"] == resource_type]


def _references(value: Any, within: frozenset[str] = frozenset()):
    if isinstance(value, dict):
        contained = frozenset(f"#{each['id']}" for each in value.get("contained", []))
        within |= contained
        if isinstance(value.get("reference"), str) and value["reference"] not in within:
            yield value["reference"]
        for each in value.values():
            yield from _references(each, within)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each, within)


def test_three_senders_make_one_patient(exported):
    browser, patient_id, _, bases = exported

    said = _read(browser)

    [patient] = _resources(said, "Patient")
    addresses = Counter(each["fullUrl"] for each in said["entry"])
    assert said["entry"][0]["resource"] == patient
    assert patient["id"] == str(patient_id)
    assert [each for each, times in addresses.items() if times > 1] == []
    assert {each["system"] for each in patient["identifier"]} == {"https://clinic.example/ids", *bases}
    assert {each["value"] for each in patient["telecom"]} == set(bases)
    assert {each["city"] for each in patient["address"]} == set(bases)
    assert patient["contact"] == [{"name": {"text": "Next of kin"}}]
    assert len(patient["generalPractitioner"]) == len(patient["contained"]) == 3
    assert patient["contained"][-1]["name"] == f"Clinic of {bases[-1]}"
    assert patient["managingOrganization"]["reference"] == f"#{patient['contained'][-1]['id']}"
    assert (
        orjson.loads(browser.get(f"/fhir/Patient/{patient_id}").data)["identifier"] == patient["identifier"]
    )


@pytest.mark.parametrize("address", ["/my/record.json", "/fhir/Patient/{}/$everything"])
def test_every_reference_and_every_attachment_leads_into_the_bundle(exported, address):
    browser, patient_id, doctor, _ = exported

    said = _read(browser, address.format(patient_id))

    held = {f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in said["entry"]}
    addresses = {each["fullUrl"] for each in said["entry"]}
    attached = [
        content["attachment"] for each in _resources(said, "DocumentReference") for content in each["content"]
    ]
    assert set(_references(said)) <= held
    assert {each["url"] for each in attached if "url" in each} <= addresses
    assert Counter("url" in each for each in attached) == {True: 3, False: 3}
    assert {f"Practitioner/{doctor.id}", f"Organization/{doctor.facility_id}"} <= held


@pytest.mark.parametrize("address", ["/my/record.json", "/fhir/Patient/{}/$everything"])
def test_the_official_schema_of_r4_finds_no_fault(exported, address):
    browser, patient_id, _, _ = exported

    said = browser.get(address.format(patient_id))

    assert faults_of(said.data) == []


def test_the_official_schema_finds_the_faults_that_are_there():
    wrong = {"resourceType": "Observation", "status": "final", "code": {"text": "Hue"}, "colour": "red"}

    [unknown] = faults_of(as_bytes(bundle(entry(wrong))))

    assert "colour" in unknown


def test_our_staff_leave_with_what_they_are_and_where(exported):
    browser, _, doctor, _ = exported

    said = _read(browser)

    [role] = [each for each in _resources(said, "PractitionerRole") if "specialty" in each]
    assert role["practitioner"]["reference"] == f"Practitioner/{doctor.id}"
    assert role["organization"]["reference"] == f"Organization/{doctor.facility_id}"
    assert role["specialty"] == [{"text": "Врач общей практики"}]
    assert (role["active"], role["period"].keys()) == (True, {"start"})
    [coding] = role["code"][0]["coding"]
    assert (coding["system"], coding["code"]) == (
        "http://terminology.hl7.org/CodeSystem/practitioner-role",
        "doctor",
    )


def test_what_is_not_here_is_named_without_an_address(exported):
    browser, _, _, bases = exported

    said = _read(browser)

    roles = [each for each in _resources(said, "PractitionerRole") if "specialty" not in each]
    places = [each["organization"] for each in roles]
    performers = [each["performer"][0] for each in _resources(said, "Observation")]
    asked = {"type": "Practitioner", "identifier": {"system": "urn:x", "value": "9"}}
    assert performers.count(asked) == 3
    assert {each["identifier"]["system"] for each in places} == set(bases)
    assert {each["identifier"]["value"] for each in places} == {"Organization/unknown"}
    assert {each["display"] for each in places} == {"A clinic nobody sent"}


def test_somebody_answers_for_everything_that_leaves(exported):
    browser, patient_id, doctor, bases = exported

    said = _read(browser)

    provenances = _resources(said, "Provenance")
    signed = [each for each in provenances if "signature" in each]
    imported = [each for each in provenances if "signature" not in each]
    notes = {f"Composition/{each['id']}" for each in _resources(said, "Composition")}
    targets = Counter(target["reference"] for each in provenances for target in each["target"])
    entries = {
        f"{each['resource']['resourceType']}/{each['resource']['id']}"
        for each in said["entry"]
        if each["resource"]["resourceType"] in ("Composition", "Observation", "DocumentReference", "Binary")
    }
    who = {"reference": f"Practitioner/{doctor.id}"}
    assert {each["target"][0]["reference"] for each in signed} == notes
    assert all(each["agent"][0]["who"] == who == each["signature"][0]["who"] for each in signed)
    assert all(each["agent"][0]["type"]["coding"][0]["code"] == "author" for each in signed)
    assert [each["reason"][0]["text"] for each in signed if "reason" in each] == ["A better plan"]
    assert {each["agent"][0]["who"]["identifier"]["value"] for each in imported} == set(bases)
    assert set(targets) == entries | {f"Patient/{patient_id}"}
    assert {key: times for key, times in targets.items() if times > 1} == {f"Patient/{patient_id}": 3}


def test_a_copy_says_where_it_is_from_when_each_thing_was_recorded_and_what_codes_mean(exported):
    browser, patient_id, doctor, _ = exported

    said = _read(browser, f"/fhir/Patient/{patient_id}/$everything?_since=2020-01-01T00:00:00Z")

    [link] = said["link"]
    [post] = [each["id"] for each in _resources(said, "PractitionerRole") if "specialty" in each]
    own = {str(doctor.id), str(doctor.facility_id), post}
    codes = [each["code"] for each in _resources(said, "Observation")]
    composition = _resources(said, "Composition")[0]
    assert link["relation"] == "self"
    assert link["url"].endswith(f"/fhir/Patient/{patient_id}/$everything?_since=2020-01-01T00:00:00Z")
    assert all(
        "lastUpdated" in each["resource"]["meta"]
        for each in said["entry"]
        if each["resource"]["id"] not in own
    )
    assert all(each["text"] for each in codes)
    assert composition["attester"][0]["party"] == {"reference": f"Practitioner/{doctor.id}"}
    assert json.dumps(said).count('"versionId": "2"') == 1
