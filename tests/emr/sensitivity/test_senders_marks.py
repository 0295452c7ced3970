"""What a sender says of confidentiality is one list, wherever it stands; and codes are known by every name of their system."""

import pytest
from sqlalchemy import select

from emr.details.queries.entries import entry_to_read
from emr.entries.tables.entries import EntryVersion
from emr.fhir_import.actions.bundles import import_bundle
from emr.fhir_import.validation.bundles import read_bundle
from emr.fhir_import.validation.refusals import BundleRefused
from emr.sensitivity.actions import relabel
from foundation.errors import NotFound
from identity.patients.queries.patients import known_patient
from migrations.labels import ACT_CODE, CONFIDENTIALITY, ICD10
from tests.emr.fhir_import.factories import as_bytes, bundle, entry, imported_patient
from tests.emr.sensitivity.test_inherited_labels import medicine, order
from tests.emr.sensitivity.test_labels import everywhere, restrictions

SECRET = {"system": CONFIDENTIALITY, "code": "R"}


def observation(sender, *marks, **changes):
    resource = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "Weight"},
        "subject": {"reference": f"{sender}/Patient/1"},
        "effectiveDateTime": "2024-06-01",
        "valueString": "70",
        **({"meta": {"security": list(marks)}} if marks else {}),
        **changes,
    }
    return entry(resource, f"{sender}/Observation/1")


def composition(sender, code):
    resource = {
        "resourceType": "Composition",
        "status": "final",
        "type": {"text": "Letter"},
        "subject": {"reference": f"{sender}/Patient/1"},
        "date": "2024-06-01",
        "author": [{"display": "Somebody"}],
        "title": "Letter",
        "confidentiality": code,
    }
    return entry(resource, f"{sender}/Composition/1")


def condition(sender, system, code):
    resource = {
        "resourceType": "Condition",
        "code": {"coding": [{"system": system, "code": code}], "text": "Something"},
        "subject": {"reference": f"{sender}/Patient/1"},
        "recordedDate": "2024-06-01",
    }
    return entry(resource, f"{sender}/Condition/1")


def by_type(engines, patient_id):
    """The entries of a record, of which there is one of each type."""
    asked = select(EntryVersion.content, EntryVersion.entry_id).where(EntryVersion.patient_id == patient_id)
    with engines["administrator"].connect() as connection:
        return {content["resourceType"]: entry_id for content, entry_id in connection.execute(asked)}


def closed_to(as_actor, reader, entry_id):
    with as_actor(reader.actor) as session:
        try:
            entry_to_read(session, entry_id)
        except NotFound:
            return True
    return False


@pytest.mark.parametrize(("code", "labels"), [("R", ["R"]), ("V", ["R"]), ("N", None)])
def test_a_document_says_it_by_a_code_alone(
    arrives, engines, sender, as_actor, people, clinic, walled, code, labels
):
    (document,) = arrives(composition(sender, code))["Composition"]

    assert restrictions(engines, document) == everywhere(labels)
    walled()
    assert closed_to(as_actor, people.doctor(facility_id=clinic), document) == bool(labels)


@pytest.mark.parametrize(
    ("code", "label"),
    [
        *(("PSY", "PSY"), ("MH", "PSY"), ("BH", "PSY"), ("PSYTHPN", "PSY")),
        *(("SUD", "ETH"), ("ETHUD", "ETH"), ("OPIOIDUD", "ETH")),
        *(("STD", "SEX"), ("SICKLE", "GDIS"), ("SDV", "R"), ("NEVERHEARDOF", "R")),
    ],
)
@pytest.mark.parametrize("system", [ACT_CODE, "urn:oid:2.16.840.1.113883.5.4"])
def test_a_sensitivity_is_one_of_our_words_or_restricts_without_one(
    arrives, engines, sender, system, code, label
):
    (told,) = arrives(observation(sender, {"system": system, "code": code}))["Observation"]

    assert restrictions(engines, told) == everywhere([label])


def test_an_act_that_nobody_labels_with_restricts_nothing(arrives, engines, sender):
    kind = {"coding": [{"system": ACT_CODE, "code": "IMP"}], "text": "Weight"}

    (told,) = arrives(observation(sender, code=kind))["Observation"]

    assert restrictions(engines, told) == everywhere(None)


@pytest.mark.parametrize(
    "changes",
    [
        {"contained": [{"resourceType": "Device", "id": "d", "meta": {"security": [SECRET]}}],
         "device": {"reference": "#d"}},
        {"meta": {"security": [{"system": "urn:oid:2.16.840.1.113883.5.25", "code": "V"}]}},
    ],
)  # fmt: skip
def test_it_is_read_wherever_a_sender_says_it(arrives, engines, sender, changes):
    (told,) = arrives(observation(sender, **changes))["Observation"]

    assert restrictions(engines, told) == everywhere(["R"])


@pytest.mark.parametrize(
    "system",
    [
        "urn:oid:1.2.643.5.1.13.13.11.1005",
        "urn:oid:1.2.643.5.1.13.2.1.1.718",
        "urn:oid:2.16.840.1.113883.6.3",
        "urn:oid:2.16.840.1.113883.6.90",
    ],
)
@pytest.mark.parametrize(("code", "labels"), [("F20.0", ["PSY"]), ("J20.9", None)])
def test_a_code_means_the_same_by_every_name_of_its_system(
    arrives, engines, sender, as_actor, people, clinic, walled, system, code, labels
):
    (told,) = arrives(condition(sender, system, code))["Condition"]

    assert restrictions(engines, told) == everywhere(labels)
    walled()
    assert closed_to(as_actor, people.doctor(facility_id=clinic), told) == bool(labels)


def of_all(value, *marks):
    return {**value, "meta": {"security": list(marks)}}


def test_what_a_bundle_says_is_said_of_all_that_it_brings(
    as_loader, engines, sender, person, clinic, people, as_actor, walled
):
    value = bundle(person, observation(sender), condition(sender, ICD10, "F20.0"))

    patient_id = imported_patient(as_loader, of_all(value, SECRET), facility_id=clinic)

    told = by_type(engines, patient_id)
    assert restrictions(engines, told["Observation"]) == everywhere(["R"])
    assert restrictions(engines, told["Condition"]) == everywhere(["PSY", "R"])
    walled()
    assert closed_to(as_actor, people.doctor(facility_id=clinic), told["Observation"])


def test_a_document_that_is_restricted_restricts_its_parts(as_loader, engines, sender, person, clinic):
    value = bundle(composition(sender, "R"), person, observation(sender), kind="document")

    with as_loader() as session:
        import_bundle(session, read_bundle(as_bytes(value), source="urn:x"), facility_id=clinic)

    identifier = person["resource"]["identifier"][0]
    with as_loader() as session:
        patient_id = known_patient(session, system=identifier["system"], value=identifier["value"])
    assert restrictions(engines, by_type(engines, patient_id)["Observation"]) == everywhere(["R"])


def test_a_medicine_that_many_records_share_is_marked_by_itself_alone(
    as_loader, engines, sender, person, clinic
):
    aspirin = medicine(sender, code="B01AC06", words="Aspirin")
    imported_patient(as_loader, of_all(bundle(person, aspirin), SECRET), facility_id=clinic)

    patient_id = imported_patient(as_loader, bundle(person, order(sender)), facility_id=clinic)

    assert restrictions(engines, by_type(engines, patient_id)["MedicationRequest"]) == everywhere(None)


def test_the_same_bundle_again_changes_nothing(as_loader, sender, person, clinic):
    value = as_bytes(of_all(bundle(person, observation(sender)), SECRET))
    with as_loader() as session:
        import_bundle(session, read_bundle(value, source="urn:x"), facility_id=clinic)

    with as_loader() as session:
        again = import_bundle(session, read_bundle(value, source="urn:x"), facility_id=clinic)

    assert not again.stored


@pytest.mark.parametrize(
    ("meta", "place"),
    [
        ("secret", "Bundle.meta"),
        ({"security": "R"}, "Bundle.meta.security"),
        ({"security": ["R"]}, "Bundle.meta.security[0]"),
        ({"security": [{"code": 5}]}, "Bundle.meta.security[0].code"),
    ],
)
def test_marks_that_are_none_are_refused(sender, meta, place):
    value = {**bundle(observation(sender)), "meta": meta}

    with pytest.raises(BundleRefused) as refusal:
        read_bundle(as_bytes(value), source="urn:x")

    assert refusal.value.where == place


def test_labelling_anew_tells_the_same(arrives, as_loader, engines, sender):
    (document,) = arrives(composition(sender, "R"))["Composition"]
    with engines["administrator"].begin() as connection:
        connection.exec_driver_sql("UPDATE emr.entry SET restrictions = NULL WHERE id = %s", (document,))

    with as_loader() as session:
        relabel(session)

    assert restrictions(engines, document) == everywhere(["R"])
