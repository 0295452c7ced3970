"""What holds for every page of the doctor's desk."""

import pytest

from foundation.identifiers import new_id
from tests.emr.notes.factories import TYPED, signed_note, typed_note
from tests.pages import filled


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("X", "Enter an ICD-10 code, such as J06.9."),
        ("J06.9 and more", "Enter an ICD-10 code, such as J06.9."),
        ("J٠6", "Enter an ICD-10 code, such as J06.9."),
        ("S72.001", "Enter an ICD-10 code, such as J06.9."),
        ("C7A", "Enter an ICD-10 code, such as J06.9."),
        ("а09", "The letter of an ICD-10 code is Latin."),
    ],
)
@pytest.mark.parametrize("form", ["entries", "referrals"])
def test_a_wrong_code_is_told_at_its_field(desk, patient, form, code, sentence):
    page = desk.get(f"/emr/patients/{patient.id}/{form}/new", follow_redirects=True)

    answer = desk.post(
        f"/emr/patients/{patient.id}/{form}", data=filled(page, **{**TYPED, "diagnosis_code": code})
    )

    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{code.upper()}"' in answer.text


def test_another_facilitys_doctor_is_told_that_there_is_no_such_page(
    client_for, people, doctor, patient, as_actor, walled
):
    entry_id = signed_note(as_actor, doctor, patient.id)
    walled()
    stranger = client_for(people.doctor().actor)

    foreign = [
        stranger.get(each).status_code
        for each in (
            f"/emr/patients/{patient.id}",
            f"/emr/patients/{patient.id}/entries/new",
            f"/emr/patients/{patient.id}/referrals/new",
            f"/emr/patients/{patient.id}/entries/new/{new_id()}",
            f"/emr/patients/{patient.id}/referrals/new/{new_id()}",
            f"/emr/entries/{entry_id}",
            f"/emr/entries/{entry_id}/edit",
            f"/emr/entries/{entry_id}/signature",
        )
    ]

    assert foreign == [404] * 8
    assert stranger.get(f"/emr/entries/{new_id()}").status_code == 404


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_page_of_the_desk_is_shown_in_both_languages(desk, patient, language):
    desk.set_cookie("language", language)
    entry_id = typed_note(desk, patient)
    for address in (
        "/emr",
        f"/emr/patients/{patient.id}",
        f"/emr/patients/{patient.id}/entries/new/{new_id()}",
        f"/emr/patients/{patient.id}/referrals/new/{new_id()}",
        f"/emr/entries/{entry_id}",
        f"/emr/entries/{entry_id}/edit",
        f"/emr/entries/{entry_id}/signature",
    ):
        assert desk.get(address).status_code == 200, address
