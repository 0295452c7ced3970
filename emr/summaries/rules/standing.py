"""Whether a resource counts today, and its state in words: the one reading of FHIR R4's modifier elements ("?!").

A status alone tells half: an active prescription may be a mere proposal, or the order not to give something; a
current document may have been entered in error. Lists, lines, boxes, notices and exports ask here and nowhere else.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from emr.content.rules.fhir_dates import days_meant
from emr.content.rules.texts import sanitized_text
from emr.summaries.rules.dosages import dosages_of
from emr.terminology.rules.phrases import NOTHING, joined, phrase
from emr.terminology.rules.statuses import STATUSES, code_in, status_words
from foundation.language.bilingual import BilingualText, bilingual

ENTERED_IN_ERROR = "entered-in-error"
Codes = frozenset[str]
NO_CODE = ""
ORDERS: Codes = frozenset({"order", "original-order", "reflex-order", "filler-order", "instance-order"})
OBSERVED: Codes = frozenset({"preliminary", "final", "amended", "corrected", "appended"})


def _codes(*codes: str) -> Codes:
    return frozenset(codes)


ACTIVE, COMPLETED, FINAL = _codes("active"), _codes("completed"), _codes("final")
REQUEST: Mapping[str, Codes] = {"status": ACTIVE, "intent": ORDERS}
# The coded modifier elements of each type, and the codes that go without saying on a line; docStatus is no modifier in
# R4 but says the same. A type that is not named has a status, and the codes of ORDINARY_STATUS.
STATE_ELEMENTS: Mapping[str, Mapping[str, Codes]] = {
    "AdverseEvent": {"actuality": _codes("actual")},
    "AllergyIntolerance": {"clinicalStatus": ACTIVE, "verificationStatus": _codes("confirmed")},
    "Appointment": {"status": _codes("booked", "arrived", "fulfilled", "checked-in")},
    "AppointmentResponse": {"participantStatus": _codes("accepted")},
    "CarePlan": {"status": ACTIVE, "intent": ORDERS | {"plan"}},
    "ChargeItem": {"status": _codes("billable", "billed")},
    "Communication": {"status": COMPLETED},
    "Composition": {"status": FINAL},
    "Condition": {"clinicalStatus": ACTIVE, "verificationStatus": _codes("confirmed")},
    "DetectedIssue": {"status": FINAL},
    "DeviceRequest": REQUEST,
    "DiagnosticReport": {"status": FINAL},
    "DocumentManifest": {"status": _codes("current")},
    "DocumentReference": {"status": _codes("current"), "docStatus": FINAL},
    "Encounter": {"status": _codes("finished")},
    "EpisodeOfCare": {"status": ACTIVE},
    "FamilyMemberHistory": {"status": COMPLETED},
    "Goal": {"achievementStatus": _codes(), "lifecycleStatus": ACTIVE},
    "GuidanceResponse": {"status": _codes("success")},
    "Immunization": {"status": COMPLETED},
    "Invoice": {"status": _codes("issued", "balanced")},
    "List": {"status": _codes("current"), "mode": _codes("working")},
    "Media": {"status": COMPLETED},
    "MedicationAdministration": {"status": COMPLETED},
    "MedicationDispense": {"status": COMPLETED},
    "MedicationRequest": REQUEST,
    "MedicationStatement": {"status": ACTIVE},
    "NutritionOrder": REQUEST,
    "Observation": {"status": FINAL},
    "Procedure": {"status": COMPLETED},
    "QuestionnaireResponse": {"status": COMPLETED},
    "RequestGroup": REQUEST,
    "RiskAssessment": {"status": FINAL},
    "ServiceRequest": REQUEST,
    "Task": {"status": _codes("completed", "in-progress", "accepted"), "intent": ORDERS},
}
ORDINARY_STATUS: Mapping[str, Codes] = {
    "status": _codes("final", "finished", "completed", "active", "available", "current")
}
# Modifier elements that are true or false: what the unusual one of the two says.
NOT_TO_DO, NOT_TO_TAKE = bilingual("must not be done"), bilingual("must not be taken")
TRUTHS: Mapping[str, tuple[bool, BilingualText]] = {
    "doNotPerform": (True, NOT_TO_DO),
    "active": (False, bilingual("no longer in use")),
    "isSubpotent": (True, bilingual("dose too weak to count")),
}
RESERVATION = bilingual("with a reservation that cannot be shown here")
ENDED = bilingual("ended")

# The positive list: in which states a type counts today. What is not named counts nowhere among the current: another
# person's illness, a risk, a warning, an event are no problems and no allergies of this person.
COUNTING: Mapping[str, Mapping[str, Codes]] = {
    "AllergyIntolerance": {
        "clinicalStatus": _codes(NO_CODE, "active"),
        "verificationStatus": _codes(NO_CODE, "confirmed", "unconfirmed"),
    },
    "CarePlan": {"status": ACTIVE, "intent": ORDERS | {"plan"}},
    "CareTeam": {"status": ACTIVE},
    "Condition": {
        "clinicalStatus": _codes(NO_CODE, "active", "recurrence", "relapse"),
        "verificationStatus": _codes(NO_CODE, "confirmed", "unconfirmed", "provisional", "differential"),
    },
    "DiagnosticReport": {"status": OBSERVED | {"partial"}},
    "Goal": {"lifecycleStatus": _codes("accepted", "active")},
    "Immunization": {"status": COMPLETED},
    # Of what is given only that which runs just now, such as an infusion; what is dispensed is listed by its order.
    "MedicationAdministration": {"status": _codes("in-progress")},
    "MedicationRequest": REQUEST,
    "MedicationStatement": {"status": ACTIVE},
    "Observation": {"status": OBSERVED},
    "ServiceRequest": REQUEST,
}

SNOMED = "http://snomed.info/sct"
ABSENT_OR_UNKNOWN = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
# "None known" in the place of a thing: the answer to a question, not a thing.
NONE_KNOWN: Mapping[str, Codes] = {
    SNOMED: _codes(
        "716186003", "409137002", "429625007", "428607008", "428197003", "1003774007", "716220001",  # allergies
        "160245001", "787481004",  # problems, medicines
    ),
    ABSENT_OR_UNKNOWN: _codes(
        "no-known-allergies", "no-known-medication-allergies", "no-known-environmental-allergies",
        "no-known-food-allergies", "no-known-problems", "no-known-medications",
    ),
}  # fmt: skip
NOT_ASKED: Codes = _codes("no-allergy-info", "no-problem-info", "no-medication-info", "1631000175102")
# The same in words, as the glossary says them in one form for the many that are written.
NONE_IN_WORDS: Codes = _codes(
    "No known allergies", "No known drug allergies", "No known food allergies", "No known environmental allergies",
    "No known insect allergies", "No known latex allergies", "No known problems", "No known medicines",
)  # fmt: skip


def counts_today(resource: Mapping[str, Any]) -> bool:
    """Whether a resource holds for its patient today, as far as it tells itself.

    A problem, allergy, medicine, plan: it is in force. A result: it stands, and has a value. Types that are on no
    list of what is current, and states that the list does not name, do not count.
    """
    states = COUNTING.get(_type_of(resource))
    if states is None or entered_in_error(resource) or none_known(resource) or not_asked(resource):
        return False
    if any(resource.get(name) is unusual for name, (unusual, _words) in TRUTHS.items()) or _ended(resource):
        return False
    if _type_of(resource) == "Observation" and not _has_value(resource):
        return False
    return all(_understood(resource.get(name)) <= allowed for name, allowed in states.items())


def in_force_until(resource: Mapping[str, Any]) -> str:
    """The day after which a medicine is taken no more, by its period or by that of all its dosages; "" where none is told.

    A date that knows only its month ends with it. How many days a course takes is no end: nobody says when it began.
    """
    end = end_of_taking(resource)
    return str(_last_day(end)) if end else ""


def end_of_taking(resource: Mapping[str, Any]) -> str:
    """The same as the FHIR date that was written."""
    if not _type_of(resource).startswith("Medication"):
        return ""
    repeats = [_part(_part(each.get("timing")).get("repeat")) for each in dosages_of(resource)]
    of_dosages = [_end(each.get("boundsPeriod")) for each in repeats]
    ends = [_end(resource.get("effectivePeriod"))]
    if of_dosages and all(of_dosages):
        ends.append(max(of_dosages, key=_last_day))
    return min(filter(None, ends), key=_last_day, default="")


def in_force(*, active: bool, until: str, on: date) -> bool:
    """Whether what counts by its own account (`counts_today`), until that day (`in_force_until`), counts on a day."""
    return active and (not until or on.isoformat() <= until)


def entered_in_error(resource: Mapping[str, Any]) -> bool:
    """Whether the resource says of itself that it was a mistake, in whichever of its states: one is enough."""
    elements = {*_state_elements(resource), "status", "verificationStatus", "docStatus"}
    return any(ENTERED_IN_ERROR in codes_in(resource.get(name)) for name in elements)


def state_words(resource: Mapping[str, Any]) -> BilingualText:
    """The state for a line of a list: everything about it that is not the ordinary; nothing where all is."""
    if entered_in_error(resource):
        return status_words(ENTERED_IN_ERROR)
    elements = _state_elements(resource).items()
    said = [
        _words_of(resource.get(name))
        for name, ordinary in elements
        if not codes_in(resource.get(name)) <= ordinary | {NO_CODE}
    ]
    return joined(_without_repetition([*said, *_further_words(resource)]))


def full_state_words(resource: Mapping[str, Any]) -> BilingualText:
    """The state for a page about one resource: all that its modifier elements say."""
    elements = _state_elements(resource)
    ordered = elements == REQUEST and codes_in(resource.get("intent")) <= ORDERS
    # An order in force is ordered; one that is over says how, and no more that it was an order.
    told = {"intent" if codes_in(resource.get("status")) == ACTIVE else "status"} if ordered else elements
    said = [_words_of(resource.get(name)) for name in elements if name in told]
    return joined(_without_repetition([*said, *_further_words(resource)]))


def none_known(resource: Mapping[str, Any]) -> bool:
    """Whether it says that nothing is known, such as "no known allergy": somebody asked."""
    concept = resource.get("code") or resource.get("medicationCodeableConcept")
    if not isinstance(concept, Mapping):
        return False
    if any(code in NONE_KNOWN.get(system, ()) for system, code in _coded(concept)):
        return True
    spoken = [concept.get("text"), *(each.get("display") for each in _codings(concept))]
    return any(phrase(each).en in NONE_IN_WORDS for each in spoken)


def not_asked(resource: Mapping[str, Any]) -> bool:
    """Whether it says that nobody asked, or that nothing was recorded."""
    concept = resource.get("code") or resource.get("medicationCodeableConcept")
    return isinstance(concept, Mapping) and any(code in NOT_ASKED for _system, code in _coded(concept))


def codes_in(state: object) -> Codes:
    """The codes of a state, be it a code or a concept; {""} where it is not told.

    Where a concept carries a sender's own codes beside FHIR's, FHIR's are meant; one in words alone is read as a code.
    """
    if isinstance(state, str):
        return frozenset({sanitized_text(state)})
    if not isinstance(state, Mapping):
        return frozenset({NO_CODE})
    codes = {sanitized_text(each.get("code")) for each in _codings(state)} - {NO_CODE}
    codes = codes & STATUSES.keys() or codes
    return frozenset(codes or {sanitized_text(state.get("text")).casefold().replace(" ", "-")})


def _understood(state: object) -> Codes:
    """Where a concept's codes are all a sender's own, nothing is told: an allergy is not hidden for that."""
    codes = codes_in(state)
    own = isinstance(state, Mapping) and not codes & STATUSES.keys()
    return frozenset({NO_CODE}) if own else codes


def _state_elements(resource: Mapping[str, Any]) -> Mapping[str, Codes]:
    return STATE_ELEMENTS.get(_type_of(resource), ORDINARY_STATUS)


def _further_words(resource: Mapping[str, Any]) -> Iterator[BilingualText]:
    for name, (unusual, words) in TRUTHS.items():
        if resource.get(name) is unusual:
            yield NOT_TO_TAKE if words is NOT_TO_DO and _type_of(resource).startswith("Medication") else words
    if (
        _ended(resource)
        and codes_in(resource.get("clinicalStatus")) <= COUNTING["Condition"]["clinicalStatus"]
    ):
        yield ENDED
    if has_reservation(resource):
        yield RESERVATION


def _words_of(state: object) -> BilingualText:
    if known := sorted(codes_in(state) & STATUSES.keys()):
        return joined([status_words(each) for each in known])
    if isinstance(state, str):
        return status_words(state)
    written = sanitized_text(state.get("text")) if isinstance(state, Mapping) else ""
    return status_words(written or code_in(state))


def _part(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _end(period: object) -> str:
    written = _part(period).get("end")
    return str(written) if days_meant(written) else ""


def _last_day(written: str) -> date:
    days = days_meant(written)
    return days[1] if days else date.max


def _without_repetition(said: list[BilingualText]) -> list[BilingualText]:
    return list(dict.fromkeys(each for each in said if each is not NOTHING))


def _ended(resource: Mapping[str, Any]) -> bool:
    """Whether a condition has an end, however it is spelt (abatement[x])."""
    return any(name.startswith("abatement") and bool(value) for name, value in resource.items())


def _has_value(observation: Mapping[str, Any]) -> bool:
    parts = [each for each in observation.get("component") or [] if isinstance(each, Mapping)]
    return any(name.startswith("value") for each in (observation, *parts) for name in each)


def has_reservation(value: object) -> bool:
    """Whether something in it has a modifier extension: it may turn what it stands in into its opposite."""
    if isinstance(value, Mapping):
        return bool(value.get("modifierExtension")) or any(has_reservation(each) for each in value.values())
    return isinstance(value, list) and any(has_reservation(each) for each in value)


def _coded(concept: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for each in _codings(concept):
        yield sanitized_text(each.get("system")), sanitized_text(each.get("code"))


def _codings(concept: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = concept.get("coding")
    return [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []


def _type_of(resource: Mapping[str, Any]) -> str:
    return str(resource.get("resourceType"))
