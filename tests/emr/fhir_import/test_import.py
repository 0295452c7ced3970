"""Importing bundles: all of it or nothing, once and for all."""

import copy
import json
import re
from collections import Counter
from uuid import UUID, uuid4, uuid5

import pytest
from sqlalchemy import func, select

from emr.details.queries.entries import entry_to_read
from emr.directory.tables import DirectoryResource
from emr.entries.tables.entries import Entry, EntryVersion
from emr.entries.tables.signatures import Signature
from emr.fhir_import.actions import resource_resolution
from emr.fhir_import.actions.bundles import import_bundle
from emr.fhir_import.validation.bundles import UNNAMED_SOURCE, read_bundle
from emr.fhir_import.validation.refusals import BundleRefused
from emr.summaries.actions import rebuild_all
from emr.summaries.tables import EntrySummary
from emr.timeline.queries.timeline import timeline_of
from foundation.actor import Actor
from identity.patients.queries.patients import known_patient
from identity.people.rules.snils import SNILS_SYSTEM
from tests.emr.fhir_import.factories import (
    as_bytes,
    bundle,
    entry,
    observation,
    patient_resource,
    person_with,
)
from tests.verifying import broken_versions

SYNTHEA = "fhir/synthea"
LOADER = Actor.system("loader")
UUID_IN_TEXT = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# Synthea's made-up social security numbers, driving licences and passports name a person too.
PAPERS_IN_TEXT = r"\b(?:999-\d\d-\d{4}|S999\d{5}|X\d{5,8}X)\b"


@pytest.fixture
def load(as_loader):
    """Import one bundle, given as plain values, in a transaction of its own."""

    def loaded(value, **options):
        with as_loader() as session:
            return import_bundle(session, read_bundle(as_bytes(value), source="urn:test"), **options)

    return loaded


def patient_of(session, value):
    identifier = value["entry"][0]["resource"]["identifier"][0]
    return known_patient(session, system=identifier["system"], value=identifier["value"])


def test_every_resource_of_every_synthea_bundle_is_stored_and_the_second_time_unchanged(
    as_loader, shared_data
):
    salt = uuid4()
    contents = [
        _as_other_people(file.read_text(), salt) for file in sorted((shared_data / SYNTHEA).glob("*.json"))
    ]
    brought = Counter()
    for content in contents:
        brought += Counter(each["resource"]["resourceType"] for each in json.loads(content)["entry"])
    stored, unchanged, known = Counter(), Counter(), Counter()
    for counted_stored, counted_known in ((stored, unchanged), (Counter(), known)):
        for content in contents:
            with as_loader() as session:
                imported = import_bundle(session, read_bundle(content, source=f"urn:test:{salt}"))
            counted_stored += imported.stored
            counted_known += imported.unchanged
        if counted_stored is not stored:
            assert not counted_stored
    assert stored + unchanged == brought
    assert set(unchanged) <= {"Organization", "Practitioner"}
    assert known == brought
    with as_loader() as session:
        assert broken_versions(session)[1] == []


def _as_other_people(content: str, salt: UUID) -> bytes:
    """The same bundle about people whom nobody brought before: other tests take some of these bundles in too."""
    return re.sub(
        f"{UUID_IN_TEXT}|{PAPERS_IN_TEXT}", lambda found: str(uuid5(salt, found.group())), content
    ).encode()


def test_a_changed_resource_becomes_a_new_version(load, as_loader):
    value = person_with(observation)
    load(value)
    changed = copy.deepcopy(value)
    changed["entry"][1]["resource"]["valueQuantity"]["value"] = 128

    imported = load(changed)

    assert (imported.stored, imported.unchanged) == (Counter(Observation=1), Counter(Patient=1))
    with as_loader() as session:
        [line] = timeline_of(session, patient_of(session, value)).lines
        reading = entry_to_read(session, line.entry_id)
    assert (line.number, line.value.en) == (2, "128 g/L")
    assert [version.number for version in reading.versions] == [2, 1]
    assert all(version.unbroken for version in reading.versions)


def test_a_server_that_only_raises_its_version_marks_changes_nothing(load):
    value = person_with(
        lambda who: observation(who, meta={"versionId": "1", "lastUpdated": "2026-05-03T09:00:00Z"})
    )
    load(value)
    value["entry"][1]["resource"]["meta"] = {"versionId": "2", "lastUpdated": "2026-05-04T09:00:00Z"}

    assert not load(value).stored


def test_references_lead_to_what_is_stored(load, as_loader):
    value = person_with(lambda who: {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"},
                                     "subject": {"reference": who}})  # fmt: skip
    visit = value["entry"][1]["fullUrl"]
    value["entry"].append(entry(observation(value["entry"][0]["fullUrl"], encounter={"reference": visit})))

    load(value)

    with as_loader() as session:
        patient_id = patient_of(session, value)
        contents = list(
            session.scalars(select(EntryVersion.content).where(EntryVersion.patient_id == patient_id))
        )
        visit_id = session.scalar(
            select(Entry.id).where(Entry.patient_id == patient_id, Entry.kind == "visit")
        )
    [measured] = [each for each in contents if each["resourceType"] == "Observation"]
    assert measured["subject"]["reference"] == f"Patient/{patient_id}"
    assert measured["encounter"]["reference"] == f"Encounter/{visit_id}"


def test_the_patient_1_of_one_server_is_not_the_patient_1_of_another(load, as_loader):
    """FHIR R4, Bundle: a relative reference is resolved against the address of the entry that holds it."""
    one, other = (f"https://{name}-{uuid4().hex[:8]}.example" for name in "ab")
    value = bundle(
        entry(patient_resource(id="1"), f"{one}/Patient/1"),
        entry(
            patient_resource(id="1", name=[{"family": "Petrov", "given": ["Boris"]}]), f"{other}/Patient/1"
        ),
        entry(observation("Patient/1"), f"{other}/Observation/9"),
    )
    load(value)

    with as_loader() as session:
        boris = known_patient(session, system=other, value="Patient/1")
        anna = known_patient(session, system=one, value="Patient/1")
        assert len(timeline_of(session, boris).lines) == 1
        assert timeline_of(session, anna).lines == []


def test_a_subject_of_a_server_that_brought_no_patient_is_refused(load):
    one, other = (f"https://{name}-{uuid4().hex[:8]}.example" for name in "ab")
    value = bundle(
        entry(patient_resource(), f"{one}/Patient/1"),
        entry(observation("Patient/1"), f"{other}/Observation/9"),
    )

    with pytest.raises(BundleRefused, match="nor a patient whom we know"):
        load(value)


def test_files_that_name_no_sender_say_nothing_about_each_other_s_patients(as_loader):
    number = str(uuid4().int)[:12]

    def take(resource):
        raw = as_bytes({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource}]})
        with as_loader() as session:
            import_bundle(session, read_bundle(raw, source=UNNAMED_SOURCE))

    take(patient_resource(id=number))

    with pytest.raises(BundleRefused, match="nor a patient whom we know"):
        take(observation(f"Patient/{number}"))


def test_resources_without_an_address_are_known_again_by_their_id_or_content(load):
    value = bundle(entry(patient_resource(id="p1")), kind="batch")
    value["entry"].append(entry(observation("Patient/p1")))
    for each in value["entry"]:
        del each["fullUrl"]
    value["entry"][0]["resource"]["id"] = f"p-{uuid4()}"
    value["entry"][1]["resource"]["subject"]["reference"] = f"Patient/{value['entry'][0]['resource']['id']}"

    assert load(value).stored.total() == 2
    assert load(value).unchanged.total() == 2


def test_a_collection_needs_no_requests(load):
    value = person_with(observation) | {"type": "collection"}
    for each in value["entry"]:
        del each["request"]

    assert load(value).stored.total() == 2


def test_a_patient_is_found_again_by_an_identifier_from_another_bundle(load, as_loader):
    first, second = person_with(observation), person_with(observation)
    second["entry"][0]["resource"]["identifier"] = first["entry"][0]["resource"]["identifier"]
    load(first)

    load(second)

    with as_loader() as session:
        patient_id = patient_of(session, first)
        assert len(timeline_of(session, patient_id).lines) == 2


def person_with_snils(written, **changes):
    identifier = [{"system": SNILS_SYSTEM, "value": written}]
    return bundle(entry({**patient_resource(**changes), "identifier": identifier}))


def test_a_patient_is_found_again_by_a_snils_however_it_is_written(load, as_loader, people):
    known = people.patient()
    written = f"{known.snils[:3]}-{known.snils[3:6]}-{known.snils[6:9]} {known.snils[9:]}"

    load(person_with_snils(written, birthDate="1960-05-03", name=[{"family": "Тестова", "given": ["Анна"]}]))

    with as_loader() as session:
        assert list(session.scalars(select(Entry.patient_id).where(Entry.patient_id == known.id))) == [
            known.id
        ]


@pytest.mark.parametrize("nobodys", ["000-000-000 00", "112-233-445 96", "нет"])
def test_a_number_that_is_no_snils_makes_nobody_one_with_another(load, as_loader, nobodys):
    load(person_with_snils(nobodys, birthDate="1960-05-03"))
    load(person_with_snils(nobodys, birthDate="1970-05-03"))

    with as_loader() as session:
        assert known_patient(session, system=SNILS_SYSTEM, value=nobodys) is None
        assert known_patient(session, system=SNILS_SYSTEM, value=re.sub(r"\D", "", nobodys)) is None


def test_a_goal_without_a_date_counts_from_the_plan_that_names_it(load, as_loader):
    value = person_with(lambda who: {"resourceType": "Goal", "lifecycleStatus": "active", "subject": {"reference": who},
                                     "description": {"text": "Lose weight"}})  # fmt: skip
    patient, goal = (each["fullUrl"] for each in value["entry"])
    for year in ("2021", "2025"):
        named = [{"reference": goal}]
        plan = {"resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": {"reference": patient},
                "goal": named, "period": {"start": f"{year}-03-01T12:00:00Z"}}  # fmt: skip
        value["entry"].append(entry(plan))

    load(value)

    with as_loader() as session:
        lines = timeline_of(session, patient_of(session, value)).lines
    [counted] = [line.effective_at for line in lines if line.headline.en == "Goal"]
    assert f"{counted:%Y-%m-%d}" == "2021-03-01"


def test_what_speaks_about_an_entry_may_come_before_it(load):
    value = person_with(observation)
    target = [{"reference": value["entry"][1]["fullUrl"]}]
    provenance = {"resourceType": "Provenance", "target": target, "recorded": "2026-05-03T09:00:00Z",
                  "agent": [{"who": {"display": "Laboratory"}}]}  # fmt: skip
    value["entry"].insert(0, entry(provenance))

    assert load(value).stored["Provenance"] == 1


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"birthDate": "1961-05-03"}, "birthDate"),
        ({"name": [{"family": "Petrova", "given": ["Olga"]}]}, "name"),
    ],
)
def test_an_identifier_alone_does_not_make_two_people_one(load, changes, where):
    first = person_with()
    load(first)
    other = bundle(entry({**first["entry"][0]["resource"], **changes}))

    with pytest.raises(BundleRefused) as refused:
        load(other)

    assert refused.value.where == f"Bundle.entry[0].resource.{where}"


def everything(session) -> list[int]:
    tables = (Entry, EntryVersion, Signature, EntrySummary, DirectoryResource)
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


@pytest.mark.parametrize(
    ("faulty", "where"),
    [
        (lambda who: observation("urn:uuid:00000000-0000-4000-8000-000000000000"), "subject.reference"),
        (lambda who: observation("Patient/nobody"), "subject.reference"),
        (lambda who: observation(who, encounter={"reference": "urn:uuid:00000000-0000-4000-8000-000000000000"}),
         "encounter.reference"),
        (lambda who: {"resourceType": "Basic", "code": {"text": "x"}}, None),
    ],
)  # fmt: skip
def test_of_a_broken_bundle_nothing_is_stored(load, as_loader, faulty, where):
    with as_loader() as session:
        before = everything(session)
    value = person_with(observation, faulty)

    with pytest.raises(BundleRefused) as refused:
        load(value)

    assert refused.value.where == ".".join(filter(None, ["Bundle.entry[2].resource", where]))
    with as_loader() as session:
        assert everything(session) == before
        assert patient_of(session, value) is None


def test_a_resource_cannot_move_into_another_patients_record(load):
    first, second = person_with(observation), person_with(observation)
    load(first)
    second["entry"][1]["fullUrl"] = first["entry"][1]["fullUrl"]

    with pytest.raises(BundleRefused, match="another patient's record"):
        load(second)


def test_care_begins_for_the_facility_that_is_named(load, people, as_actor):
    doctor = people.doctor()
    value = person_with(observation)
    load(value, facility_id=doctor.facility_id)

    with as_actor(doctor.actor) as session:
        assert patient_of(session, value) is not None


@pytest.mark.parametrize("how", ["address", "identifier", "subject by identifier"])
def test_care_begins_for_nobody_who_is_merely_named(load, as_loader, people, as_actor, how):
    doctor, who = people.doctor(), f"urn:uuid:{uuid4()}"
    address = f"https://{uuid4().hex}.example/Patient/17"
    foreign = bundle(entry(patient_resource(), address), entry(observation(address)))
    load(foreign)
    number = foreign["entry"][0]["resource"]["identifier"][0]
    by_number = f"Patient?identifier={number['system']}|{number['value']}"
    named = {"reference": address if how == "address" else by_number}
    subject = named if how == "subject by identifier" else {"reference": who}
    listing = {
        "resourceType": "List", "status": "current", "mode": "working", "subject": subject, "entry": [{"item": named}],
    }  # fmt: skip
    own = bundle(entry(patient_resource(), who), entry(observation(who)), entry(listing))
    imported = load(own, facility_id=doctor.facility_id)
    with as_loader() as session:
        patient_id = patient_of(session, foreign)
        own_id = patient_of(session, own)

    assert (imported.stored, imported.unresolved) == ({"Patient": 1, "Observation": 1, "List": 1}, [])
    with as_actor(doctor.actor) as session:
        assert patient_of(session, foreign) is None
        assert not timeline_of(session, patient_id).lines
        assert timeline_of(session, own_id).lines


def test_care_begins_where_the_sender_adds_to_the_record_of_its_own_patient(load, people, as_actor):
    doctor, base = people.doctor(), f"https://{uuid4().hex}.example"
    first = bundle(entry(patient_resource(), f"{base}/Patient/17"))
    load(first)
    told = observation("Patient/17")
    load(bundle(entry(told, f"{base}/Observation/1")), facility_id=doctor.facility_id)

    with as_actor(doctor.actor) as session:
        assert patient_of(session, first) is not None


def _history(versions: int, patients: int):
    who = f"urn:uuid:{uuid4()}"
    people = [entry(patient_resource(), f"urn:uuid:{uuid4()}") for _ in range(patients - 1)]
    address = f"urn:uuid:{uuid4()}"
    told = [
        entry(observation(who, valueQuantity={"value": 100 + number, "unit": "g/L"}), address)
        for number in range(versions)
    ]
    return bundle(*reversed([entry(patient_resource(), who), *people, *told]), kind="history")


@pytest.mark.parametrize("patients", [1, 6])
def test_what_comes_beside_a_history_is_looked_up_once(load, monkeypatch, patients):
    asked = []
    whole = resource_resolution.known_patient
    monkeypatch.setattr(
        resource_resolution, "known_patient", lambda *of, **by: asked.append(by) or whole(*of, **by)
    )

    imported = load(_history(4, patients))

    assert imported.stored == {"Patient": patients, "Observation": 4}
    assert len(asked) <= patients


def test_too_many_versions_of_one_resource_are_refused(monkeypatch):
    monkeypatch.setattr("emr.fhir_import.validation.bundles.MOST_VERSIONS", 3)

    assert len(read_bundle(as_bytes(_history(3, 1)), source="urn:test").resources) == 4
    with pytest.raises(BundleRefused, match="has more than 3 versions in one bundle") as refused:
        read_bundle(as_bytes(_history(4, 1)), source="urn:test")
    assert refused.value.where == "Bundle.entry[0].resource"


def test_rebuilt_summaries_equal_the_living_ones(load, as_loader):
    columns = EntrySummary.__table__.c
    with as_loader() as session:
        others = session.scalars(select(columns.entry_id)).all()
    load(person_with(observation, observation))
    # Tests before may have left lines that are not what would be drawn.
    own = select(*columns).where(columns.entry_id.not_in(others)).order_by(columns.entry_id)
    with as_loader() as session:
        living = session.execute(own).all()

        rebuild_all(session)

        assert len(living) >= 2
        assert session.execute(own).all() == living


def test_two_descriptions_of_one_organisation_are_both_kept_and_do_not_flicker(load):
    address = f"urn:uuid:{uuid4()}"
    plain = {"resourceType": "Organization", "name": "Polyclinic"}
    first, second = bundle(entry(plain, address)), bundle(entry({**plain, "active": True}, address))

    assert [load(each).stored.total() for each in (first, second, first, second)] == [1, 1, 0, 0]
