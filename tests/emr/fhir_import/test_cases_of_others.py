"""Small inputs that went wrong elsewhere, read from their folders and followed from the file to the pages."""

import re

import pytest

from emr.fhir_import.actions.bundles import import_bundle
from emr.fhir_import.validation.bundles import read_bundle
from emr.fhir_import.validation.refusals import BundleRefused
from emr.timeline.queries.timeline import timeline_of
from identity.patients.queries.patients import known_patient
from identity.people.rules.snils import SNILS_SYSTEM
from tests.emr.chart.pages import box

# All of these cases tell of one person who does not exist.
SNILS = "90000000283"


@pytest.fixture
def taken(as_loader, as_actor, doctor, desk, shared_cases):
    """Takes a case in; the chart, and the page of each entry by what it is called."""

    def pages(case: str) -> tuple[str, dict[str, str]]:
        content = (shared_cases / case).read_bytes()
        with as_loader() as session:
            import_bundle(session, read_bundle(content, source="urn:x"), facility_id=doctor.facility_id)
            patient_id = known_patient(session, system=SNILS_SYSTEM, value=SNILS)
        with as_actor(doctor.actor) as session:
            lines = timeline_of(session, patient_id).lines
        entries = {each.headline.en: desk.get(f"/emr/entries/{each.entry_id}").text for each in lines}
        return desk.get(f"/emr/patients/{patient_id}").text, entries

    return pages


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("no_such_day", "effectiveDateTime"),
        ("no_such_day_period", "effectivePeriod"),
        ("no_such_hour", "effectiveDateTime"),
    ],
)
def test_a_moment_that_never_was_is_refused_with_its_place(shared_cases, name, where):
    content = (shared_cases / "other-values" / f"{name}.json").read_bytes()

    with pytest.raises(BundleRefused, match=rf"entry\[1\]\.resource\.{where}"):
        read_bundle(content, source="urn:x")


def test_values_of_rare_types_are_told_in_words_on_their_pages(taken):
    _, entries = taken("other-values/values.json")

    assert "1 January 2024 to 9 January 2024" in entries["H7 value period"]
    # Where the region's clocks show it.
    assert "2 August 2024, 04:30" in entries["H7 value dateTime"]
    assert "2024-08-01T" not in entries["H7 value dateTime"]
    assert "a series of values: 3" in entries["H7 value sampled"]
    assert "no value: the measurement failed" in entries["H7 absent"]


def test_an_onset_is_told_as_far_as_it_is_known_and_an_end_in_words_ends_it(taken):
    chart, entries = taken("partial-dates/partial_onset.json")

    by_month, by_age = entries["H7 partial onset condition"], entries["H7 age onset condition"]
    assert "May 2019" in by_month
    assert "1 May 2019" not in by_month
    assert "at the age of 12 years" in by_age
    assert "after the operation" in by_age
    assert "date unknown" in by_age
    problems = box(chart, "Active problems")
    assert "H7 partial onset condition" in problems
    assert "H7 age onset condition" not in problems


def test_a_letter_whose_body_came_beside_it_can_be_opened_and_a_dead_link_is_told(
    as_loader, as_actor, doctor, desk, shared_cases, right_outcome
):
    assert "the citizen and doctor can open the document" in right_outcome("urn-outside-reference")
    folder = shared_cases / "urn-outside-reference"
    imported = []
    for name in ("doc", "doc_without_binary"):
        content = (folder / f"{name}.json").read_bytes()
        with as_loader() as session:
            bundle = read_bundle(content, source="urn:x")
            imported.append(import_bundle(session, bundle, facility_id=doctor.facility_id))
            patient_id = known_patient(session, system=SNILS_SYSTEM, value=SNILS)

    whole, dead = imported
    assert (whole.unresolved, len(dead.unresolved)) == ([], 1)
    assert dead.unresolved[0][0].endswith("attachment.url")
    with as_actor(doctor.actor) as session:
        lines = timeline_of(session, patient_id).lines
    pages = [desk.get(f"/emr/entries/{each.entry_id}").text for each in lines]
    [page] = [each for each in pages if "H7 discharge letter" in each]
    address = re.search(r"/emr/entries/[0-9a-f-]{36}/versions/\d+/documents/\d+", page)
    assert address
    assert b"H7 letter body" in desk.get(address[0]).data


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("conditional-create", "The second sending of the same LAB-77 result adds nothing"),
        ("contained", "A prescription whose Medication is contained is named by it"),
        ("partial-dates", 'A patient with birthDate "1961" is taken in'),
        ("other-values", "impossible moments refused with the place"),
    ],
)
def test_the_outcome_that_these_tests_hold_is_the_one_that_was_asked_for(right_outcome, case, said):
    assert said in right_outcome(case)
