"""What the import refuses, with place and reason, and never with a traceback."""

import copy
import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emr.fhir_import.validation.bundles import read_bundle
from emr.fhir_import.validation.refusals import BundleRefused
from tests.emr.fhir_import.factories import (
    as_bytes,
    bundle,
    entry,
    observation,
    patient_resource,
    person_with,
)


def refusal_of(value: object) -> BundleRefused:
    raw = value if isinstance(value, bytes) else as_bytes(value)
    with pytest.raises(BundleRefused) as caught:
        read_bundle(raw, source="urn:test")
    return caught.value


def broken(**changes: object) -> dict[str, object]:
    return person_with(lambda who: observation(who, **changes))


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"status": "this_is_invalid"}, ".status"),
        ({"status": None}, ".status"),
        ({"code": {}}, ".code"),
        ({"code": {"text": ""}}, ".code.text"),
        ({"unknown": 1}, ".unknown"),
        ({"id": "not_an_id"}, ".id"),
        ({"id": "x" * 65}, ".id"),
        ({"effectiveDateTime": "2026-02-31"}, ".effectiveDateTime"),
        ({"effectiveDateTime": 1}, ".effectiveDateTime"),
        ({"valueQuantity": {"value": "5"}}, ".valueQuantity.value"),
        ({"component": {}}, ".component"),
        ({"valueString": "both", "valueQuantity": {"value": 1}}, ""),
    ],
)
def test_what_is_not_r4_is_refused_at_its_place(changes, where):
    assert refusal_of(broken(**changes)).where == f"Bundle.entry[1].resource{where}"


def test_a_missing_element_is_named():
    faulty = person_with(
        lambda who: {"resourceType": "Observation", "status": "final", "subject": {"reference": who}}
    )

    refusal = refusal_of(faulty)

    assert (refusal.where, refusal.why) == ("Bundle.entry[1].resource.code", "is required")
    assert refusal.resources == 2


@pytest.mark.parametrize("kind", ["invalid-type", "subscription-notification", None, 5, ["transaction"]])
def test_a_bundle_of_no_type_of_r4_is_refused(kind):
    assert refusal_of({"resourceType": "Bundle", "type": kind, "entry": []}).where == "Bundle.type"


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "post", None])
def test_a_transaction_that_does_more_than_add_is_refused(method):
    one = entry(patient_resource())
    one["request"]["method"] = method

    assert refusal_of(bundle(one)).where == "Bundle.entry[0].request.method"


def test_the_same_address_twice_is_refused():
    twice = "urn:uuid:6f122869-a856-3d65-8db9-099bf4f5bbb8"

    assert refusal_of(
        bundle(entry(patient_resource(), twice), entry(patient_resource(), twice))
    ).where.endswith("fullUrl")


@pytest.mark.parametrize("kind", ["Foo", "HumanName", "Citation", "", None, 3, ["Patient"]])
def test_an_unknown_resource_type_is_refused(kind):
    assert refusal_of(bundle(entry({"resourceType": kind}))).where.startswith("Bundle.entry[0].resource")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "is empty"),
        (b"{", "is not JSON"),
        (b'{"a": 1} {"b": 2}', "is not JSON"),
        (b"\xff\xfe", "UTF-16"),
        (b"<Bundle xmlns='http://hl7.org/fhir'/>", "is missing or is not a bundle type"),
        (b"<Bundle xmlns='http://hl7.org/fhir'>", "is not well-formed XML"),
        (b"[]", "is not a JSON object"),
        (b'"text"', "is not a JSON object"),
        (b"[" * 100_000, "is nested deeper"),
        (b'{"a":' * 2_000 + b"1" + b"}" * 2_000, "is nested deeper"),
        (b'{"a": 1e999999999}', "no measurement can have"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "digits"),
        (b'{"a": NaN}', "is not a number in JSON"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"resourceType": "Bundle", "id": "a\\u0000b"}', "U+0000"),
        (b'{"resourceType": "Bundle", "id": "\\ud800"}', "U+D800"),
    ],
)
def test_what_is_no_fhir_json_at_all_is_refused_with_its_reason(raw, why):
    assert why in refusal_of(raw).why


def test_a_resource_alone_is_checked_like_one_in_a_bundle():
    assert refusal_of(patient_resource(gender="nonsense")).where == "Patient.gender"
    assert [each.where for each in read_bundle(as_bytes(patient_resource()), source="urn:x").resources] == [
        "Patient"
    ]


@pytest.mark.parametrize(
    ("folder", "refused_at_most"),
    [
        ("ms_fhir_server", 8),
        ("validator_invalid", 14),
        ("validator_valid", 0),
        ("hl7_r4_examples", 0),
        ("au_test_data", 0),
    ],
)
def test_every_outside_file_is_read_or_refused_in_a_sentence(shared_data, folder, refused_at_most):
    refused = []
    for file in sorted((shared_data / "fhir" / folder).iterdir()):
        try:
            read_bundle(file.read_bytes(), source="urn:test")
        except BundleRefused as refusal:
            assert refusal.where and refusal.why, file.name
            refused.append(file.name)

    assert len(refused) <= refused_at_most, refused


@pytest.mark.parametrize(
    "name",
    ["ObservationWithNoCode.json", "ObservationWithInvalidStatus.json", "PatientWithUnknownElements.json"],
)
def test_the_faulty_resources_of_an_outside_server_are_refused_where_they_are_faulty(shared_data, name):
    refusal = refusal_of((shared_data / "fhir" / "ms_fhir_server" / name).read_bytes())

    assert refusal.where.startswith(("Observation.", "Patient."))


def test_naughty_strings_are_text_like_any_other_or_refused(shared_data):
    naughty = json.loads((next((shared_data).rglob("blns.json"))).read_text(encoding="utf-8"))
    read = refused = 0
    for text in naughty:
        made = person_with(lambda who, text=text: observation(who, note=[{"text": text}]))
        try:
            read_bundle(as_bytes(made), source="urn:test")
            read += 1
        except BundleRefused as refusal:
            assert refusal.where
            refused += 1

    assert read > 500
    assert 0 < refused < 10


SCRAP = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), scrap=SCRAP)
def test_however_a_bundle_is_mutilated_the_answer_is_a_sentence(seed, scrap):
    chance = random.Random(seed)
    value = copy.deepcopy(
        person_with(lambda who: observation(who, component=[{"code": {"text": "x"}, "valueInteger": 1}]))
    )
    _mutilate(value, chance, scrap)
    try:
        read_bundle(as_bytes(value), source="urn:test")
    except BundleRefused as refusal:
        assert refusal.where and refusal.why


def _mutilate(value: object, chance: random.Random, scrap: object) -> None:
    """Put the scrap somewhere into the value, or take something out of it."""
    while True:
        inside = [(value, key) for key in (value if isinstance(value, dict) else range(len(value)))]
        holder, key = chance.choice(inside)
        deeper = holder[key]
        if isinstance(deeper, dict | list) and deeper and chance.random() < 0.8:
            value = deeper
            continue
        if chance.random() < 0.3:
            del holder[key]
        else:
            holder[key] = scrap
        return
