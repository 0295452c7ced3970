"""What the patient takes now, on the first page: what counts today as in the doctor's chart, and where all of it is."""

from dataclasses import replace

from tests.emr.fhir_import.factories import imported_patient, person_with
from tests.pages import read


def ordered(name, *, status="active", dose="1 tablet", **changes):
    return lambda who: {
        "resourceType": "MedicationRequest",
        "status": status,
        "intent": "order",
        "subject": {"reference": who},
        "medicationCodeableConcept": {"text": name},
        "authoredOn": "2026-05-03",
        "dosageInstruction": [{"text": dose}],
        **changes,
    }


def taken(name, *, ended):
    return lambda who: {
        "resourceType": "MedicationStatement",
        "status": "active",
        "subject": {"reference": who},
        "medicationCodeableConcept": {"text": name},
        "effectivePeriod": {"start": "2026-01-01", "end": ended},
    }


def home_of(somebody, client_for, as_loader, *made, language="en"):
    """The words below "What I take now"."""
    patient_id = imported_patient(as_loader, person_with(*made), facility_id=somebody.doctor.facility_id)
    browser = client_for(replace(somebody.patient.actor, patient_id=patient_id))
    browser.set_cookie("language", language)
    page = browser.get("/my")
    assert 'href="/my/timeline?kind=medicine"' in page.text
    return read(page).split({"en": "What I take now", "ru": "Что я принимаю сейчас"}[language])[1]


def test_only_what_counts_today_is_taken_now(somebody, client_for, as_loader):
    words = home_of(
        somebody,
        client_for,
        as_loader,
        ordered("Bisoprolol 5 mg", dose="1 tablet in the morning"),
        ordered("Warfarin", status="stopped"),
        ordered("Insulin", status="on-hold"),
        ordered("Heparin", status="entered-in-error"),
        ordered("Aspirin", doNotPerform=True),
        ordered("Statin of a plan", intent="proposal"),
        taken("Amoxicillin", ended="2026-01-07"),
    ).split("Allergies")[0]

    assert "Bisoprolol 5 mg : 1 tablet in the morning" in words
    assert [each for each in ("Warfarin", "Insulin", "Heparin", "Amoxicillin") if each in words] == []
    assert "Aspirin" not in words
    assert "Statin" not in words


def test_where_the_sources_differ_none_is_chosen(somebody, client_for, as_loader):
    words = home_of(
        somebody,
        client_for,
        as_loader,
        ordered("Metoprolol", dose="1 a day"),
        ordered("Metoprolol", dose="2 a day"),
    )

    assert "Metoprolol : it is written differently; ask your doctor how to take it" in words
    assert "Metoprolol : 1 a day" in words
    assert "Metoprolol : 2 a day" in words


def test_nothing_recorded_is_not_called_nothing_taken(somebody, client_for, as_loader):
    english = home_of(somebody, client_for, as_loader, ordered("Warfarin", status="completed"))
    russian = home_of(somebody, client_for, as_loader, language="ru")

    assert english.startswith(" Not recorded. This does not mean that you take nothing")
    assert russian.startswith(" Сведений нет. Это не значит, что вы ничего не принимаете")
