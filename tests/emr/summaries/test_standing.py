"""What counts today, over all modifier elements of FHIR R4, and what a line says of it."""

from itertools import chain

import pytest
from fhir.resources.R4B import get_fhir_model_class

from emr.entries.rules.kinds import KIND_OF_TYPE
from emr.summaries.rules.standing import (
    COUNTING,
    ORDINARY_STATUS,
    STATE_ELEMENTS,
    TRUTHS,
    counts_today,
    entered_in_error,
    state_words,
)
from emr.summaries.rules.summary import summary_of
from emr.terminology.rules.statuses import STATUSES

# Elements that FHIR R4 marks with "?!" and that tell no state: what kind of thing it is, or whom else it concerns.
NO_STATES = {"implicitRules", "modifierExtension", "scope", "deceased", "link"}
STATE_NAMES = {"clinicalStatus", "verificationStatus", "doNotPerform", "isSubpotent", "active", "actuality"}
# Their codes are not told by the models: http://hl7.org/fhir/R4, condition-clinical, condition-ver-status.
CODES_OF_CONCEPTS = {
    "active", "recurrence", "relapse", "inactive", "remission", "resolved",
    "unconfirmed", "provisional", "differential", "confirmed", "refuted", "entered-in-error",
}  # fmt: skip
OTHER_TYPES = (
    "Patient", "Claim", "ClaimResponse", "Consent", "Coverage", "RelatedPerson", "Device", "ExplanationOfBenefit",
    "VisionPrescription", "BodyStructure", "SupplyDelivery", "RequestGroup", "GuidanceResponse", "Account",
    "ChargeItem", "Invoice", "AppointmentResponse", "Person",
)  # fmt: skip
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"


def _concept(code: str) -> dict:
    return {"coding": [{"system": CLINICAL, "code": code}]}


def _resource(resource_type: str, **elements: object) -> dict:
    return {"resourceType": resource_type, **elements}


def _prescription(**changes: object) -> dict:
    usual = {"status": "active", "intent": "order", "medicationCodeableConcept": {"text": "Warfarin"}}
    return _resource("MedicationRequest", **{**usual, **changes})


def _measurement(**changes: object) -> dict:
    return _resource("Observation", **{"status": "final", "valueQuantity": {"value": 5}, **changes})


@pytest.mark.parametrize("resource_type", [*KIND_OF_TYPE, *OTHER_TYPES])
def test_no_modifier_element_of_a_type_is_forgotten(resource_type):
    fields = get_fhir_model_class(resource_type).model_fields
    extras = {field.alias or name: field.json_schema_extra or {} for name, field in fields.items()}
    states = {name for name, extra in extras.items() if "entered-in-error" in extra.get("enum_values", ())}
    states |= STATE_NAMES & extras.keys()
    states |= {name for name in ("status", "intent", "mode") if "enum_values" in extras.get(name, {})}

    known = STATE_ELEMENTS.get(resource_type, ORDINARY_STATUS).keys() | TRUTHS.keys()

    assert states - NO_STATES <= known


@pytest.mark.parametrize("resource_type", [*KIND_OF_TYPE, *OTHER_TYPES])
def test_every_state_has_words(resource_type):
    fields = get_fhir_model_class(resource_type).model_fields
    elements = STATE_ELEMENTS.get(resource_type, ORDINARY_STATUS)
    extras = [
        field.json_schema_extra or {} for name, field in fields.items() if (field.alias or name) in elements
    ]
    codes = set(chain.from_iterable(extra.get("enum_values", ()) for extra in extras)) - {"+"}

    assert codes | CODES_OF_CONCEPTS <= STATUSES.keys()


@pytest.mark.parametrize("resource_type", [*KIND_OF_TYPE, *OTHER_TYPES])
def test_every_type_is_called_by_a_name_of_ours(resource_type):
    facts = summary_of(_resource(resource_type)).facts

    assert facts.headline.en != resource_type or facts.headline.ru != resource_type


def test_only_the_types_of_the_positive_list_count():
    for resource_type in ("FamilyMemberHistory", "Flag", "RiskAssessment", "DetectedIssue", "AdverseEvent"):
        facts = summary_of(_resource(resource_type, status="final", code={"text": "Diabetes"})).facts
        assert not facts.active
        assert resource_type not in COUNTING


@pytest.mark.parametrize(
    ("changes", "counts", "words"),
    [
        ({}, True, ""),
        ({"intent": "filler-order"}, True, ""),
        ({"intent": "proposal"}, False, "proposal"),
        ({"intent": "plan"}, False, "plan"),
        ({"intent": "option"}, False, "one of several options"),
        ({"doNotPerform": True}, False, "must not be taken"),
        ({"doNotPerform": False}, True, ""),
        ({"status": "on-hold"}, False, "on hold"),
        ({"status": "stopped"}, False, "stopped"),
        ({"status": "completed"}, False, "completed"),
        ({"status": "cancelled", "intent": "plan"}, False, "cancelled, plan"),
        ({"status": "draft"}, False, "draft"),
        ({"status": "unknown"}, False, "state unknown"),
        ({"status": "entered-in-error", "intent": "plan"}, False, "entered in error"),
        ({"medicationCodeableConcept": {"text": "No known medications"}}, False, ""),
    ],
)
def test_a_prescription_counts_when_every_modifier_says_so(changes, counts, words):
    prescription = _prescription(**changes)

    facts = summary_of(prescription).facts

    assert (facts.active, facts.state.en) == (counts, words)


@pytest.mark.parametrize(
    ("resource_type", "status", "counts", "words"),
    [
        ("MedicationStatement", "active", True, ""),
        ("MedicationStatement", "completed", False, "completed"),
        ("MedicationStatement", "intended", False, "intended"),
        ("MedicationStatement", "not-taken", False, "not taken"),
        ("MedicationAdministration", "completed", False, ""),
        ("MedicationAdministration", "in-progress", True, "in progress"),
        ("MedicationDispense", "in-progress", False, "in progress"),
        ("Immunization", "not-done", False, "not done"),
        ("Procedure", "not-done", False, "not done"),
        ("DiagnosticReport", "cancelled", False, "cancelled"),
        ("Encounter", "cancelled", False, "cancelled"),
        ("CarePlan", "revoked", False, "withdrawn"),
    ],
)
def test_what_is_ordinary_depends_on_the_type(resource_type, status, counts, words):
    resource = _resource(resource_type, status=status, intent="order")

    assert (counts_today(resource), state_words(resource).en) == (counts, words)


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"status": "amended"}, True),
        ({"status": "cancelled"}, False),
        ({"status": "entered-in-error"}, False),
        ({"status": "unknown"}, False),
        ({"valueQuantity": None, "status": "registered"}, False),
    ],
)
def test_a_value_that_was_withdrawn_is_no_measurement(changes, counts):
    assert counts_today(_measurement(**changes)) is counts


def test_a_measurement_that_was_not_taken_is_none():
    missing = _resource("Observation", status="final", dataAbsentReason={"text": "not performed"})

    assert not counts_today(missing)


def test_a_cancelled_result_is_not_flagged():
    facts = summary_of(_measurement(status="cancelled", interpretation=[{"coding": [{"code": "HH"}]}])).facts

    assert (facts.flag, facts.state.en) == ("", "cancelled")


@pytest.mark.parametrize(
    "changes",
    [
        {"clinicalStatus": _concept("resolved")},
        {"clinicalStatus": {"text": "Resolved"}},
        {"clinicalStatus": {"coding": [{"system": "urn:ours", "code": "X"}, {"system": CLINICAL, "code": "remission"}]}},
        {"verificationStatus": _concept("refuted")},
        {"verificationStatus": _concept("entered-in-error")},
        {"abatementDateTime": "2020"},
        {"abatementString": "in childhood"},
        {"abatementAge": {"value": 12, "unit": "a"}},
        {"abatementPeriod": {"end": "2020"}},
    ],
)  # fmt: skip
def test_a_problem_that_ended_or_never_was_does_not_count_and_says_so(changes):
    facts = summary_of(_resource("Condition", code={"text": "Asthma"}, **changes)).facts

    assert not facts.active
    assert facts.state


@pytest.mark.parametrize("element", ["status", "docStatus"])
def test_one_state_of_several_is_enough_to_withdraw(element):
    document = _resource(
        "DocumentReference", **{"status": "current", "docStatus": "final", element: "entered-in-error"}
    )

    facts = summary_of(document).facts

    assert facts.entered_in_error
    assert facts.state.en == "entered in error"


def test_a_senders_own_words_for_a_state_hide_no_allergy_and_are_shown():
    allergy = _resource("AllergyIntolerance", code={"text": "Nuts"}, clinicalStatus={"text": "seasonal"})

    facts = summary_of(allergy).facts

    assert (facts.active, facts.state.en) == (True, "seasonal")


@pytest.mark.parametrize(
    "code",
    [
        {"coding": [{"system": "http://snomed.info/sct", "code": "716186003"}]},
        {"text": "NKDA"},
        {"text": "Аллергии нет"},
        {"coding": [{"system": "urn:ours", "code": "0", "display": "No known allergies"}]},
    ],
)
def test_no_known_allergy_is_no_allergy(code):
    facts = summary_of(_resource("AllergyIntolerance", code=code, clinicalStatus=_concept("active"))).facts

    assert (facts.active, facts.none_known) == (False, True)


def test_a_reservation_that_we_do_not_understand_is_told():
    prescription = _prescription(
        dosageInstruction=[{"modifierExtension": [{"url": "urn:x", "valueBoolean": True}]}]
    )

    assert state_words(prescription).en == "with a reservation that cannot be shown here"


def test_a_step_of_a_plan_that_is_forbidden_is_not_told_as_advice():
    steps = [{"detail": {"code": {"text": "Aspirin"}, "doNotPerform": True, "status": "in-progress"}},
             {"detail": {"code": {"text": "Walking"}, "status": "in-progress"}}]  # fmt: skip

    plan = summary_of(_resource("CarePlan", status="active", intent="plan", activity=steps)).facts

    assert plan.value.en == "Aspirin (must not be done), Walking"


def test_a_note_tells_its_problems_unless_it_was_a_mistake():
    own = {"reference": "Patient/1"}
    held = [
        _resource("Condition", subject=own, code={"coding": [{"code": "I10"}], "text": "Гипертензия"}),
        _resource("Condition", subject=own, code={"text": "Gout"}, clinicalStatus=_concept("resolved")),
        _resource("Condition", subject={"reference": "#mother"}, code={"text": "Diabetes"}),
    ]
    note = _resource("Composition", status="final", subject=own, contained=held)

    assert [each.en for each in summary_of(note).facts.problems] == ["I10 Гипертензия"]
    assert not summary_of({**note, "status": "entered-in-error"}).facts.problems
    assert entered_in_error({**note, "status": "entered-in-error"})


def test_a_dangerous_allergy_is_called_dangerous_and_not_out_of_a_range():
    facts = summary_of(_resource("AllergyIntolerance", code={"text": "Nuts"}, criticality="high")).facts

    assert (facts.detail.en, facts.flag) == ("may be dangerous", "")


def test_a_family_history_says_on_its_line_whose_illness_it_is():
    history = _resource(
        "FamilyMemberHistory",
        relationship={"text": "mother"},
        condition=[{"code": {"text": "Diabetes"}}, {"code": {"text": "Gout"}}],
    )

    facts = summary_of(history).facts

    assert (facts.headline.en, facts.value.en) == ("Family history", "mother: Diabetes, Gout")
