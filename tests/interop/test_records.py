"""A record for machines: valid FHIR R4, one's own only, and its leaving is written down."""

import hashlib
import re
from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import orjson
import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir.resources.R4B.patient import Patient
from sqlalchemy import select, text

from emr.fhir_import.actions.bundles import import_bundle
from emr.fhir_import.validation.bundles import read_bundle
from emr.notes.actions.notes import write_note
from emr.notes.actions.signatures import sign_entry
from foundation.audit import AuditEvent
from identity.patients.queries.patients import known_patient
from interop.tables import Export
from tests.emr.fhir_import.factories import (
    as_bytes,
    bundle,
    entry,
    observation,
    patient_resource,
    person_with,
)
from tests.emr.notes.factories import note

text_of_version = text(
    "SELECT content -> 'text' ->> 'div' FROM emr.entry_version WHERE patient_id = :patient"
)
FHIR_JSON = "application/fhir+json"


@pytest.fixture
def citizen(people, client_for, as_actor):
    """A patient with a signed and an unsigned note, and a browser of theirs."""
    doctor = people.doctor()
    patient = people.patient(cared_for_at=doctor.facility_id)
    with as_actor(doctor.actor) as session:
        signed = write_note(session, patient.id, note=note())
        sign_entry(session, signed, seen_number=1)
        unsigned = write_note(session, patient.id, note=note())
    return patient, client_for(patient.actor), str(signed), str(unsigned)


def test_the_interface_says_what_it_can_do(client):
    answer = client.get("/fhir/metadata")

    said = CapabilityStatement.model_validate_json(answer.data)
    assert answer.content_type == FHIR_JSON
    assert said.fhirVersion == "4.0.1"
    assert [each.type for each in said.rest[0].resource] == ["Patient"]


def test_a_citizen_reads_their_own_details(citizen):
    patient, browser, *_ = citizen

    answer = browser.get(f"/fhir/Patient/{patient.id}")

    said = Patient.model_validate_json(answer.data)
    assert (said.id, said.birthDate, said.gender) == (str(patient.id), patient.birth_date, "female")


@pytest.mark.parametrize("address", ["/fhir/Patient/{}", "/fhir/Patient/{}/$everything"])
def test_another_s_record_looks_like_none(citizen, people, client_for, walls, address):
    stranger = client_for(people.patient().actor)

    foreign = stranger.get(address.format(citizen[0].id))
    missing = stranger.get(address.format(uuid4()))

    assert (foreign.status_code, foreign.data) == (missing.status_code, missing.data)
    assert foreign.status_code == 404
    assert foreign.content_type == FHIR_JSON
    assert OperationOutcome.model_validate_json(foreign.data).issue[0].code == "not-found"


def test_the_copy_is_a_valid_bundle_of_what_was_signed(citizen):
    _patient, browser, signed, unsigned = citizen

    answer = browser.get("/my/record.json")

    said = Bundle.model_validate_json(answer.data)
    ids = [each.resource.id for each in said.entry]
    assert said.type == "collection"
    assert signed in ids
    assert unsigned not in ids
    assert all(
        re.fullmatch(r"http://127\.0\.0\.1:\d+/fhir/\w+/[0-9a-f-]{36}", each.fullUrl) for each in said.entry
    )
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_copy_that_left_is_known_by_its_digest_and_stands_in_the_list(citizen, as_actor):
    patient, browser, *_ = citizen

    content = browser.get("/my/record.json").data

    with as_actor(patient.actor) as session:
        export = session.scalars(select(Export)).one()
        object_id = session.scalars(
            select(AuditEvent.object_id).where(AuditEvent.act == "record.exported")
        ).one()
    assert export.content_sha256 == hashlib.sha256(content).hexdigest()
    assert export.resource_count == len(orjson.loads(content)["entry"])
    assert object_id == export.id


def test_everything_is_narrowed_by_type_and_time(citizen):
    patient, browser, *_ = citizen
    address = f"/fhir/Patient/{patient.id}/$everything"

    everything = Bundle.model_validate_json(browser.get(address).data)
    notes = Bundle.model_validate_json(browser.get(f"{address}?_type=Composition,Observation").data)
    later = Bundle.model_validate_json(browser.get(f"{address}?_since=2999-01-01T00:00:00Z").data)

    assert everything.type == "searchset"
    assert everything.total == len(everything.entry) >= 2
    assert {each.resource.get_resource_type() for each in notes.entry} == {"Composition"}
    assert "Composition" not in {each.resource.get_resource_type() for each in later.entry}


@pytest.mark.parametrize("query", ["_since=yesterday", "_type=observation;drop", "_type=../x"])
def test_what_cannot_be_understood_is_refused_in_words(citizen, query):
    patient, browser, *_ = citizen

    answer = browser.get(f"/fhir/Patient/{patient.id}/$everything?{query}")

    assert answer.status_code == 422
    assert OperationOutcome.model_validate_json(answer.data).issue[0].diagnostics


def test_who_is_not_signed_in_is_told_so_in_fhir(client):
    answer = client.get(f"/fhir/Patient/{uuid4()}")

    assert answer.status_code == 401
    assert OperationOutcome.model_validate_json(answer.data).issue[0].code == "login"


@pytest.mark.parametrize("address", ["/fhir/", "/fhir/Observation", "/fhir/Patient/42"])
def test_what_is_not_there_is_said_in_fhir(client, address):
    answer = client.get(address)

    assert answer.status_code == 404
    assert OperationOutcome.model_validate_json(answer.data).issue[0].code == "not-found"


def test_decimals_keep_their_digits_and_mistakes_say_so(as_loader, client_for, people):
    who = f"urn:uuid:{uuid4()}"
    mistaken = observation(who, status="entered-in-error", effectiveDateTime="2019")
    kept = observation(who, valueQuantity={"value": "DIGITS", "unit": "g/L"})
    content = as_bytes(bundle(entry(patient_resource(), who), entry(mistaken), entry(kept)))
    patient = _imported(as_loader, content.replace(b'"DIGITS"', b"1.10"), people)

    answer = client_for(patient).get("/my/record.json")

    observations = [
        each["resource"]
        for each in orjson.loads(answer.data)["entry"]
        if each["resource"]["resourceType"] == "Observation"
    ]
    assert [each["status"] for each in observations] == ["entered-in-error", "final"]
    assert observations[0]["effectiveDateTime"] == "2019"
    assert b"1.10" in answer.data


@pytest.mark.parametrize("number", ["1e30", "-123456789012345678901234567890", "9223372036854775808"])
def test_a_number_of_any_width_leaves_with_its_digits(as_loader, client_for, people, number):
    person = person_with(lambda who: observation(who, valueQuantity={"value": "DIGITS", "unit": "g/L"}))
    patient = _imported(as_loader, as_bytes(person).replace(b'"DIGITS"', number.encode()), people)

    answer = client_for(patient).get("/my/record.json")

    assert answer.status_code == 200
    assert f'"value":{Decimal(number):f}'.encode() in answer.data


def test_a_narrative_leaves_without_what_acts_and_is_kept_as_it_came(
    as_loader, as_administrator, client_for, people
):
    div = '<div xmlns="http://www.w3.org/1999/xhtml"><p onclick="steal()">Hb 131<br/></p></div>'
    narrative = {"status": "generated", "div": div}
    person = person_with(lambda who: observation(who, text=narrative))
    patient = _imported(as_loader, as_bytes(person), people)

    answer = client_for(patient).get("/my/record.json")

    [sent] = [each["resource"] for each in orjson.loads(answer.data)["entry"] if "text" in each["resource"]]
    assert sent["text"]["div"] == '<div xmlns="http://www.w3.org/1999/xhtml"><p>Hb 131<br/></p></div>'
    with as_administrator() as connection:
        kept = connection.execute(text_of_version, {"patient": patient.patient_id}).scalars().all()
    assert div in kept


def test_a_whole_imported_record_is_a_valid_bundle_closed_in_itself(
    shared_data, as_loader, client_for, people
):
    files = sorted((shared_data / "fhir" / "synthea").glob("**/*.json"), key=lambda each: each.stat().st_size)
    directories = [each for each in files if "Information" in each.name]
    with as_loader() as session:
        for each in directories:
            import_bundle(session, read_bundle(each.read_bytes(), source="urn:test"))
    person = next(each for each in files if each not in directories)
    patient = _imported(as_loader, person.read_bytes(), people)

    answer = client_for(patient).get("/my/record.json")

    said = orjson.loads(answer.data)
    Bundle.model_validate(said)
    held = {f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in said["entry"]}
    named = set(re.findall(r'"reference":"(\w+/[0-9a-f-]{36})"', answer.get_data(as_text=True)))
    assert len(held) == len(said["entry"])
    assert named <= held


def _imported(as_loader, content: bytes, people):
    """Load a bundle with one patient; returns that patient as a citizen."""
    incoming = read_bundle(content, source="urn:test")
    person = next(each for each in incoming.resources if each.resource_type == "Patient")
    with as_loader() as session:
        import_bundle(session, incoming)
        patient_id = known_patient(session, system=person.source_system, value=person.source_identifier)
    return replace(people.patient().actor, patient_id=patient_id)
