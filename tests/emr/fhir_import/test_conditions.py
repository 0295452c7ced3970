"""What is meant by a business identifier: created once, changed where it is, referred to, and whose record it is."""

import copy
import json
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from emr.directory.tables import DirectoryResource
from emr.fhir_import.actions.bundles import import_bundle
from emr.fhir_import.queries.known import carries
from emr.fhir_import.validation.bundles import read_bundle
from emr.fhir_import.validation.refusals import BundleRefused
from emr.timeline.queries.timeline import timeline_of
from identity.patients.queries.patients import known_patient
from identity.people.rules.snils import SNILS_SYSTEM
from tests.emr.fhir_import.factories import as_bytes, bundle, entry, observation, patient_resource

LAB = "urn:example:lab"


@pytest.fixture
def load(as_loader):
    def loaded(value, source="urn:test"):
        raw = value if isinstance(value, bytes) else as_bytes(value)
        with as_loader() as session:
            return import_bundle(session, read_bundle(raw, source=source))

    return loaded


@pytest.fixture
def shown(as_loader):
    """The lines of the record of the one who has this identifier: value and number of the version."""

    def lines(identifier):
        with as_loader() as session:
            patient_id = known_patient(session, **identifier)
            return sorted((line.value.en, line.number) for line in timeline_of(session, patient_id).lines)

    return lines


def sent(number, *, method="POST", value=131, patient=None, **changes):
    """One person and their result with this number of the laboratory, as a laboratory sends them each time anew."""
    who, made = f"urn:uuid:{uuid4()}", observation("", valueQuantity={"value": value, "unit": "g/L"})
    made |= {"subject": {"reference": who}, "identifier": [{"system": LAB, "value": number}], **changes}
    query = f"identifier={LAB}|{number}"
    condition = {"url": f"Observation?{query}"} if method == "PUT" else {"ifNoneExist": query}
    result = entry(made)
    result["request"] = {"method": method, "url": "Observation", **condition}
    return bundle(entry(patient or patient_resource(), who), result)


def identifier_of(person):
    return {key: person["identifier"][0][key] for key in ("system", "value")}


def test_what_is_to_be_made_only_once_is_made_once(load, shown):
    person, number = patient_resource(), str(uuid4())

    first = load(sent(number, patient=person))
    again = load(sent(number, patient=person, value=99))

    assert (first.stored["Observation"], again.stored["Observation"]) == (1, 0)
    assert again.unchanged["Observation"] == 1
    assert shown(identifier_of(person)) == [("131 g/L", 1)]


def test_what_is_to_be_changed_where_it_is_becomes_a_version(load, shown):
    person, number = patient_resource(), str(uuid4())

    for value in (131, 99):
        load(sent(number, patient=person, method="PUT", value=value))

    assert shown(identifier_of(person)) == [("99 g/L", 2)]


@pytest.mark.parametrize(("method", "lines"), [("POST", [("131 g/L", 1)]), ("PUT", [("99 g/L", 2)])])
def test_a_condition_finds_what_came_without_one(load, shown, method, lines):
    person, number = patient_resource(), str(uuid4())
    plain = sent(number, patient=person)
    plain["entry"][1]["request"] = {"method": "POST", "url": "Observation"}
    load(plain)

    load(sent(number, patient=person, method=method, value=99))

    assert shown(identifier_of(person)) == lines


def test_a_condition_that_may_mean_several_is_refused(load):
    person, number = patient_resource(), str(uuid4())
    for _ in range(2):
        plain = sent(number, patient=person)
        plain["entry"][1]["request"] = {"method": "POST", "url": "Observation"}
        load(plain)

    with pytest.raises(BundleRefused, match=r"entry\[1\]\.request: may mean several"):
        load(sent(number, patient=person))


def test_the_cases_of_others_add_nothing_the_second_time(load, shared_cases):
    folder = shared_cases / "conditional-create"
    first = load((folder / "1_send.json").read_bytes())

    second = load((folder / "2_send.json").read_bytes())

    assert first.stored["Observation"] + first.unchanged["Observation"] == 1
    assert not second.stored
    assert second.unchanged["Observation"] == 1
    with pytest.raises(BundleRefused, match=r"Bundle\.entry\[2\]\.request: means the same resource"):
        load((folder / "3_same_identity_twice.json").read_bytes())


@pytest.mark.parametrize(
    ("condition", "where"),
    [
        ({"method": "POST", "url": "Observation", "ifNoneExist": "code=718-7"}, "ifNoneExist"),
        ({"method": "POST", "url": "Observation", "ifNoneExist": "identifier=77"}, "ifNoneExist"),
        ({"method": "POST", "url": "Observation", "ifNoneExist": f"identifier={LAB}|7&status=final"}, "ifNoneExist"),
        ({"method": "PUT", "url": "Observation?_lastUpdated=gt2020"}, "url"),
        ({"method": "PUT", "url": f"Encounter?identifier={LAB}|7"}, "url"),
    ],
)  # fmt: skip
def test_a_condition_that_is_not_understood_is_refused_and_never_passed_over(load, condition, where):
    made = sent("7")
    made["entry"][1]["request"] = condition

    with pytest.raises(BundleRefused) as refused:
        load(made)

    assert refused.value.where == f"Bundle.entry[1].request.{where}"


def test_a_condition_in_a_batch_costs_its_entry_alone(load):
    made = sent("7") | {"type": "batch"}
    made["entry"][1]["request"]["ifNoneExist"] = "code=718-7"

    imported = load(made)

    assert imported.stored == {"Patient": 1}
    assert [each.where for each in imported.refused] == ["Bundle.entry[1].request.ifNoneExist"]


def test_a_patient_who_is_there_stays_as_they_are(load, shown):
    person = patient_resource()
    load(bundle(entry(person)))
    again = entry({**person, "telecom": [{"system": "phone", "value": "5"}]})
    query = f"identifier={person['identifier'][0]['system']}|{person['identifier'][0]['value']}"
    again["request"] = {"method": "POST", "url": "Patient", "ifNoneExist": query}

    imported = load(bundle(again, entry(observation(again["fullUrl"]))))

    assert imported.stored == {"Observation": 1}
    assert len(shown(identifier_of(person))) == 1


def test_who_is_there_under_another_name_is_not_taken_for_them(load):
    person = patient_resource()
    load(bundle(entry(person)))
    other = entry({**person, "birthDate": "1999-09-09"})
    query = f"identifier={person['identifier'][0]['system']}|{person['identifier'][0]['value']}"
    other["request"] = {"method": "POST", "url": "Patient", "ifNoneExist": query}

    with pytest.raises(BundleRefused, match="differs"):
        load(bundle(other, entry(observation(other["fullUrl"]))))


@pytest.mark.parametrize("written", ["|", "%7C"])
def test_a_conditional_reference_leads_to_the_register_the_record_and_the_directory(load, as_loader, written):
    person, visit = patient_resource(), str(uuid4())
    made = {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"},
            "identifier": [{"system": LAB, "value": visit}]}  # fmt: skip
    doctor = {"resourceType": "Practitioner", "identifier": [{"system": LAB, "value": visit}]}
    who = f"urn:uuid:{uuid4()}"
    load(bundle(entry(person, who), entry({**made, "subject": {"reference": who}}), entry(doctor)))
    system, value = identifier_of(person).values()

    imported = load(
        bundle(
            entry(
                observation(
                    f"Patient?identifier={system}{written}{value}",
                    encounter={"reference": f"Encounter?identifier={LAB}{written}{visit}"},
                    performer=[{"reference": f"Practitioner?identifier={LAB}{written}{visit}"}],
                )
            )
        )
    )

    assert (imported.stored, imported.unresolved) == ({"Observation": 1}, [])


def test_a_conditional_reference_within_the_bundle_leads_there(load):
    person = patient_resource()
    system, value = identifier_of(person).values()

    imported = load(bundle(entry(observation(f"Patient?identifier={system}|{value}")), entry(person)))

    assert imported.stored == {"Observation": 1, "Patient": 1}


@pytest.mark.parametrize("known_before", [True, False])
def test_whose_record_it_is_may_be_told_by_an_identifier(load, people, shown, known_before):
    if known_before:
        patient = people.patient()
        named = {
            "system": SNILS_SYSTEM,
            "value": f"{patient.snils[:3]}-{patient.snils[3:6]}-{patient.snils[6:9]} {patient.snils[9:]}",
        }
        brought = []
    else:
        person = patient_resource()
        named, brought = identifier_of(person), [entry(person)]
    measured = observation("")
    measured["subject"] = {"type": "Patient", "identifier": named}

    imported = load(bundle(entry(measured), *brought))

    assert imported.stored["Observation"] == 1


@pytest.mark.parametrize(
    "subject",
    [
        {"identifier": {"system": "urn:x", "value": "nobody"}},
        {"identifier": {"value": "5"}},
        {"display": "Anna"},
    ],
)
def test_somebody_nobody_knows_by_an_identifier_is_refused(load, subject):
    with pytest.raises(BundleRefused, match=r"whose record|nobody whom we know"):
        load(bundle(entry({**observation(""), "subject": subject})))


def test_an_appointment_is_in_the_record_of_who_comes_to_it(load):
    who = f"urn:uuid:{uuid4()}"
    visit = {"resourceType": "Appointment", "status": "booked", "participant": [
        {"actor": {"display": "Dr Petrov"}, "status": "accepted"},
        {"actor": {"reference": who}, "status": "accepted"},
    ]}  # fmt: skip

    assert load(bundle(entry(visit), entry(patient_resource(), who))).stored["Appointment"] == 1


UNKNOWN = [{"url": "http://x.example/not", "valueBoolean": True}]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"modifierExtension": UNKNOWN}, ".resource.modifierExtension"),
        ({"implicitRules": "http://x.example/rules"}, ".resource.implicitRules"),
        ({"component": [{"code": {"text": "x"}, "modifierExtension": UNKNOWN}]},
         ".resource.component[0].modifierExtension"),
        ({"contained": [{"resourceType": "Device", "id": "d", "implicitRules": "http://x.example/rules"}],
          "device": {"reference": "#d"}}, ".resource.contained[0].implicitRules"),
        ({"contained": [{"resourceType": "Practitioner", "id": "d", "qualification": [
            {"code": {"text": "x"}, "modifierExtension": UNKNOWN}]}], "performer": [{"reference": "#d"}]},
         ".resource.contained[0].qualification[0].modifierExtension"),
    ],
)  # fmt: skip
def test_what_may_change_the_meaning_is_refused_at_any_depth(changes, where):
    made = sent("7", **changes)

    with pytest.raises(BundleRefused) as refused:
        read_bundle(as_bytes(made), source="urn:x")

    assert refused.value.where == f"Bundle.entry[1]{where}"


@pytest.mark.parametrize(("place", "where"), [("bundle", "Bundle"), ("entry", "Bundle.entry[1]")])
def test_what_may_change_the_meaning_of_a_bundle_is_refused_too(place, where):
    made = copy.deepcopy(sent("7"))
    (made if place == "bundle" else made["entry"][1])["modifierExtension"] = UNKNOWN

    with pytest.raises(BundleRefused) as refused:
        read_bundle(as_bytes(made), source="urn:x")

    assert refused.value.where == f"{where}.modifierExtension"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"effectiveDateTime": "2026-05-03T09:00:00"}, "effectiveDateTime"),
        ({"issued": "2026-05-03T09:00:00"}, "issued"),
        ({"effectiveDateTime": None, "effectivePeriod": {"start": "2026-05-03T09:00"}}, "effectivePeriod.start"),
    ],
)  # fmt: skip
def test_a_time_without_an_offset_is_told_in_plain_words(changes, where):
    made = sent("7", **changes)
    made["entry"][1]["resource"] = {
        name: value for name, value in made["entry"][1]["resource"].items() if value is not None
    }

    with pytest.raises(BundleRefused) as refused:
        read_bundle(as_bytes(made), source="urn:x")

    assert refused.value.where == f"Bundle.entry[1].resource.{where}"
    assert refused.value.why.startswith("has a time but no offset: FHIR R4 asks for one, such as +05:00 or Z")


def test_the_directory_is_not_gone_through_for_a_condition(as_loader):
    with as_loader() as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        connection = session.connection()
        asked = select(DirectoryResource.id).where(carries(system=LAB, value="7")).compile(connection.engine)
        told = {
            name: value if isinstance(value, str | int) else json.dumps(value)
            for name, value in asked.params.items()
        }
        plan = str(connection.exec_driver_sql(f"EXPLAIN {asked}", told).all())

    assert "ix_directory_resource_identifier" in plan
