"""What a label says on the pages of who sees the entry, and what every chart says to everybody."""

from tests.emr.notes.factories import signed_note
from tests.pages import read

SENTENCE = "and such as the patient has hidden, if there are any, are shown to the treating team"


def test_every_chart_says_whom_labelled_entries_open_to_whether_or_not_there_are_any(
    as_actor, desk, people, patient, doctor, client_for
):
    colleague = client_for(people.doctor(facility_id=doctor.facility_id).actor)
    colleague.set_cookie("language", "en")
    before = read(colleague.get(f"/emr/patients/{patient.id}"))
    signed_note(as_actor, doctor, patient.id, diagnosis_code="F32.1", diagnosis="Депрессивный эпизод")

    after = read(colleague.get(f"/emr/patients/{patient.id}"))
    assert SENTENCE in before
    assert after == before
    assert "Депрессивный эпизод" in desk.get(f"/emr/patients/{patient.id}").text


def test_an_empty_chart_says_that_nothing_is_open_and_not_that_nothing_was_recorded(desk, patient):
    page = read(desk.get(f"/emr/patients/{patient.id}"))

    assert "Active problems No entries open to you." in page
    assert "Not recorded." not in page
    # Allergies are never withheld.
    assert "Not recorded: nobody has asked." in page


def test_author_and_patient_read_why_it_is_labelled(as_actor, desk, patient, doctor, client_for):
    entry_id = signed_note(
        as_actor, doctor, patient.id, diagnosis_code="F32.1", diagnosis="Депрессивный эпизод"
    )
    home = client_for(patient.actor)
    home.set_cookie("language", "ru")

    assert "Treating team only Mental health" in read(desk.get(f"/emr/entries/{entry_id}"))
    assert "только тем, кто вас лечит" in read(home.get("/my/timeline"))
    told = "открывшие карту. Психическое здоровье."
    assert told in read(home.get(f"/my/timeline/{entry_id}"))
