"""A record in the other language: every text says so, a note says it once, and people are found by their own letters."""

import re
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from emr.content.rules.context import FACILITY_SYSTEM
from emr.fhir_import.actions.bundles import import_bundle
from emr.fhir_import.validation.bundles import read_bundle
from identity.facilities.queries import facility_cards
from identity.patients.queries.patients import known_patient
from tests.emr.fhir_import.factories import entry, imported_patient, observation, person_with
from tests.emr.notes.factories import signed_note, typed_note
from tests.languages import strange_words
from tests.pages import filled, read
from tests.people import MadePatient

ENTRY = re.compile(r"/(?:emr/entries|my/timeline)/([0-9a-f-]{36})")
CONCLUSION = (
    "Patient presents with a cough, a sore throat and a mild fever for three days. No pneumonia was found."
)


def of_sender(resource_type: str, **values: Any) -> Any:
    return lambda who: {"resourceType": resource_type, "subject": {"reference": who}, **values}


@pytest.fixture
def imported(as_loader, doctor, client_for) -> UUID:
    """A patient of whom an English system told, with what it had no codes for in its own words."""
    value = person_with(
        observation,
        of_sender("Observation", status="final", code={"text": "Tobacco smoking status"}, valueString="Never smoker"),
        of_sender("Condition", code={"text": "Zebra bite of the elbow"}, onsetDateTime="2026-04-01"),
        of_sender("DiagnosticReport", status="final", code={"text": "History and physical"},
                  conclusion=CONCLUSION, performer=[{"display": "Dr. Adam Brekke"}]),
        of_sender("MedicationRequest", status="active", intent="order",
                  medicationCodeableConcept={"text": "Acetaminophen 325 MG Oral Tablet"},
                  dosageInstruction=[{"text": "Take as needed"}]),
        of_sender("Procedure", status="completed", code={"text": "Suture open wound"}, performedDateTime="2026-04-02"),
        of_sender("Encounter", status="finished", type=[{"text": "Encounter for problem"}],
                  **{"class": {"code": "AMB"}}, serviceProvider={"display": "Holyoke Medical Center"}),
    )  # fmt: skip
    return imported_patient(as_loader, value, facility_id=doctor.facility_id)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_word_of_an_english_record_says_that_it_is(desk, imported, language):
    desk.set_cookie("language", language)
    chart = desk.get(f"/emr/patients/{imported}?kind=all").text
    entries = {each: desk.get(f"/emr/entries/{each}").text for each in set(ENTRY.findall(chart))}

    assert len(entries) > 6
    assert {
        name: words for name, page in {"chart": chart, **entries}.items() if (words := strange_words(page))
    } == {}
    assert ('<span lang="en">Zebra bite of the elbow</span>' in chart) is (language == "ru")
    titles = " ".join(re.findall("<title>(.*?)</title>", "".join(entries.values())))
    assert bool(re.search("Tobacco|Zebra|Acetaminophen|Suture", titles)) is (language == "en")


def test_a_text_in_the_other_language_is_told_of_once_above_it(desk, imported):
    desk.set_cookie("language", "ru")
    chart = desk.get(f"/emr/patients/{imported}?kind=all").text
    pages = [read(desk.get(f"/emr/entries/{each}")) for each in set(ENTRY.findall(chart))]

    told = [page for page in pages if "Написано по-английски" in page]

    assert [page.count("Написано по-английски") for page in told if CONCLUSION in page] == [1]
    assert [page for page in pages if CONCLUSION in page and page not in told] == []


def test_a_russian_note_is_told_of_to_an_english_reader_alone(desk, client_for, as_actor, doctor, patient):
    entry_id = signed_note(as_actor, doctor, patient.id)
    citizen = client_for(patient.actor)

    for browser, address in ((desk, f"/emr/entries/{entry_id}"), (citizen, f"/my/timeline/{entry_id}")):
        browser.set_cookie("language", "en")
        assert strange_words(browser.get(address).text) == []
        assert read(browser.get(address)).count("Written in Russian") == 1
        browser.set_cookie("language", "ru")
        assert "Написано по-" not in read(browser.get(address))


def test_what_is_typed_into_a_form_says_its_language(desk, patient):
    entry_id = typed_note(desk, patient)

    page = desk.get(f"/emr/entries/{entry_id}/edit").text

    assert strange_words(page) == []
    assert re.search(r'<textarea[^>]* lang="ru"', page)
    desk.set_cookie("language", "ru")
    assert " lang=" not in desk.get(f"/emr/entries/{entry_id}/edit").text.split("<form")[2]


@pytest.mark.parametrize("page", ["chart", "found", "note"])
def test_a_name_is_read_in_latin_letters_with_its_own_beside_it(desk, people, doctor, page):
    patient: MadePatient = people.patient(
        cared_for_at=doctor.facility_id, family_name="Щукина", given_name="Юлия"
    )
    address = {"chart": f"/emr/patients/{patient.id}", "note": f"/emr/patients/{patient.id}/entries/new"}.get(
        page
    )

    shown = desk.get(address, follow_redirects=True) if address else _found(desk, "Щукина", patient)

    assert "Shchukina Iuliia Petrovna (Щукина Юлия Петровна)" in read(shown)
    desk.set_cookie("language", "ru")
    shown = desk.get(address, follow_redirects=True) if address else _found(desk, "Щукина", patient)
    assert "Щукина Юлия Петровна" in read(shown)
    assert "Shchukina" not in read(shown)


def test_a_visit_names_its_place_and_people_as_the_reader_does(desk, as_loader, doctor):
    with as_loader() as session:
        place = facility_cards(session, [doctor.facility_id])[doctor.facility_id]
    organization = {
        "resourceType": "Organization",
        "identifier": [{"system": FACILITY_SYSTEM, "value": place.code}],
        "name": place.name.ru,
    }
    ours = f"urn:uuid:{uuid4()}"
    someone = {"display": "Щукина Юлия Петровна"}
    value = person_with(
        of_sender("Encounter", status="finished", **{"class": {"code": "AMB"}}, serviceProvider={"reference": ours},
                  participant=[{"individual": someone}]),
        of_sender("MedicationRequest", status="active", intent="order", requester=someone,
                  medicationCodeableConcept={"text": "Ibuprofen"}),
        of_sender("CareTeam", status="active", name="Team", participant=[{"member": someone}]),
    )  # fmt: skip
    value["entry"].append(entry(organization, ours))
    patient_id = imported_patient(as_loader, value, facility_id=doctor.facility_id)
    told = {}
    for language in ("en", "ru"):
        desk.set_cookie("language", language)
        chart = desk.get(f"/emr/patients/{patient_id}?kind=all").text
        told[language] = [read(desk.get(f"/emr/entries/{each}")) for each in set(ENTRY.findall(chart))]

    assert len(told["en"]) == len(told["ru"]) > 2
    assert sum("Shchukina Iuliia Petrovna" in page for page in told["en"]) >= 3
    assert sum("Щукина Юлия Петровна" in page for page in told["ru"]) >= 3
    assert [page for page in told["en"] if "Щукина" in page or place.name.ru in page] == []
    assert any(f"Where {place.name.en}" in page for page in told["en"])


def _found(desk, name: str, patient: MadePatient):
    answer = desk.post("/emr/searches", data=filled(desk.get("/emr"), text=name), follow_redirects=True)
    assert f"/emr/patients/{patient.id}" in answer.text
    return answer


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_whole_record_of_another_system_says_which_language_it_is_in(
    shared_data, as_loader, client_for, people, language
):
    files = sorted((shared_data / "fhir" / "synthea").glob("**/*.json"), key=lambda each: each.stat().st_size)
    incoming = read_bundle(
        next(each for each in files if "Information" not in each.name).read_bytes(), source="urn:x"
    )
    person = next(each for each in incoming.resources if each.resource_type == "Patient")
    with as_loader() as session:
        import_bundle(session, incoming)
        patient_id = known_patient(session, system=person.source_system, value=person.source_identifier)
    browser = client_for(replace(people.patient().actor, patient_id=patient_id))
    browser.set_cookie("language", language)

    pages = {"": browser.get("/my/timeline").text}
    pages |= {each: browser.get(f"/my/timeline/{each}").text for each in ENTRY.findall(pages[""])}

    assert len(pages) > 20
    assert {name: words for name, page in pages.items() if (words := strange_words(page))} == {}
