"""Files that others wrote to trip up readers of FHIR: each is refused where it is wrong, or read, by name."""

import json
from pathlib import Path

import pytest

from emr.fhir_import.validation.bundles import read_bundle
from emr.fhir_import.validation.refusals import BundleRefused
from tests.emr.fhir_import.factories import as_bytes, bundle, entry, observation, patient_resource

READ = ("", "")
CHARACTERS = "should match pattern"

# What the reference validator finds wrong in those that are read are displays, profiles, narratives and links: a
# terminology's business, or a reader's. What is wrong in the structure is refused at its place.
FAULTY = {
    "bundle-dual-subject.xml": ("Bundle.entry[0].resource.subject", "comes more than once"),
    "bundle-duplicate-ids-not.json": READ,
    "bundle-id-collection.json": READ,
    "bundle-id-search-4.json": READ,
    "bundle-validation-location-1.xml": ("Bundle.entry[0].resource.gender", "must be one of"),
    "bundle-validation-location-2.xml": ("Bundle.entry[0].resource.gender", "must be one of"),
    "dr-example-org.json": READ,
    "message-empty-entry.xml": ("Bundle.entry[5].resource", "is required"),
    "message.xml": READ,
    "mni-patientOverview-bundle-example1b.json": READ,
    "obs-quantity.json": ("Observation.code", "is required"),
    "parameters-attachment.json": READ,
    "patient-extension-bad.xml": READ,
    "patient-extension-bad3.xml": ("Patient.extension[0].url", "is required"),
    "patient-extension-complex-bad1.xml": READ,
    "patient-id-bad-1.json": ("Patient.id", CHARACTERS),
    "patient-id-bad-3.json": ("Patient.id", "must be 1 to 64 letters"),
    "relative_reference_to_fullUrl.no_ids.PROBLEM.xml": READ,
    "resource-invalid-id-1.json": ("Location.id", CHARACTERS),
    "resource-invalid-id-3.json": ("Location.contained[0].id", CHARACTERS),
    "versioned-extension.json": ("Patient.extension[2].url", "is required"),
}
FAULTY_RESOURCES = sorted(
    name
    for name, (where, _why) in FAULTY.items()
    if name.endswith(".json") and where.partition(".")[0] not in ("", "file", "Bundle")
)
SUMMARIES = {"IPS-bundle-01.json": READ, "IPS-bundle-01.xml": READ, "ips-htmlrefs-forwards.json": READ}

# A primitive of FHIR R4, and an element of that type.
PLACES = {
    "boolean": "Patient.active",
    "code": "Patient.language",
    "date": "Patient.birthDate",
    "decimal": "Observation.valueQuantity.value",
    "id": "Patient.id",
}


@pytest.mark.parametrize(
    ("folder", "expected"),
    [("validator_invalid", FAULTY), ("ips", SUMMARIES)],
    ids=["validator_invalid", "ips"],
)
def test_each_file_is_read_or_refused_where_it_is_wrong(shared_data, folder, expected):
    answers = {file.name: answer_to(file.read_bytes()) for file in (shared_data / "fhir" / folder).iterdir()}

    assert answers.keys() == expected.keys()
    assert [
        (name, answers[name])
        for name, (where, why) in expected.items()
        if answers[name][0] != where or why not in answers[name][1] or bool(why) != bool(answers[name][1])
    ] == []


@pytest.mark.parametrize("name", FAULTY_RESOURCES)
def test_a_faulty_resource_is_refused_inside_a_bundle_too(shared_data, name):
    resource = json.loads((shared_data / "fhir" / "validator_invalid" / name).read_text(encoding="utf-8"))
    where, why = FAULTY[name]

    refused = answer_to(as_bytes(bundle(entry(resource), kind="collection")))

    assert refused[0] == f"Bundle.entry[0].resource.{where.partition('.')[2]}"
    assert why in refused[1]


@pytest.mark.parametrize("primitive", PLACES)
def test_what_is_no_such_primitive_is_refused_at_its_place(shared_data, primitive):
    literals = literals_of(shared_data, f"{primitive}.invalid.ndjson")

    accepted = [each for each in literals if not is_refused_at_its_place(primitive, each)]

    assert literals
    assert accepted == []


@pytest.mark.parametrize("primitive", PLACES)
def test_a_right_primitive_is_read(shared_data, primitive):
    """All but null: in FHIR's JSON an absent element is left out (R4, json, 2.6.2.2)."""
    literals = literals_of(shared_data, f"{primitive}.valid.ndjson")

    assert "null" in literals
    assert [each for each in literals if answer_to(with_literal(primitive, each)) != READ] == ["null"]


def is_refused_at_its_place(primitive: str, literal: str) -> bool:
    where, why = answer_to(with_literal(primitive, literal))
    no_json = "is not JSON" in why and literal in ("t", "f")
    return no_json or where == f"Bundle.entry[0].resource.{PLACES[primitive].partition('.')[2]}"


def with_literal(primitive: str, literal: str) -> bytes:
    """A bundle that holds the literal, as it stands, in an element of this type."""
    resource = {
        "decimal": observation("urn:uuid:6f122869-a856-3d65-8db9-099bf4f5bbb8", valueQuantity={"value": "…"}),
    }.get(primitive, patient_resource(**{PLACES[primitive].rpartition(".")[2]: "…"}))
    return as_bytes(bundle(entry(resource))).replace(as_bytes("…"), literal.encode())


def literals_of(shared_data: Path, name: str) -> list[str]:
    return (shared_data / "fhir" / "primitives" / name).read_text(encoding="utf-8").splitlines()


def answer_to(raw: bytes) -> tuple[str, str]:
    """Where and why the file is refused; nothing of both where it is read."""
    try:
        read_bundle(raw, source="urn:test")
    except BundleRefused as refusal:
        return refusal.where, refusal.why
    return READ
