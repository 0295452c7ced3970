"""A doctor says of a note that it speaks of what the law guards more closely, where no code says so; then the team alone sees it."""

import pytest

from emr.notes.actions.notes import save_note
from emr.notes.actions.signatures import sign_entry
from emr.sensitivity.enumerations import Label
from tests.emr.notes.factories import TYPED, note, signed_note, typed_note
from tests.emr.sensitivity.test_labels import everywhere, restrictions, sees
from tests.pages import filled, read, ticked

PLAIN = {"diagnosis_code": "Z63.0", "diagnosis": "Проблемы в отношениях"}


@pytest.fixture
def colleague(people, doctor):
    return people.doctor(facility_id=doctor.facility_id)


@pytest.mark.parametrize(
    "label", [Label.PSYCHIATRY, Label.ADDICTION, Label.HIV, Label.GENETICS, Label.REPRODUCTION]
)
def test_a_label_put_by_hand_restricts_the_entry_when_it_is_signed(as_actor, doctor, patient, engines, label):
    entry_id = signed_note(as_actor, doctor, patient.id, labels=(label,), **PLAIN)

    assert restrictions(engines, entry_id) == everywhere([label.value])


def test_it_opens_as_one_that_a_code_labels(as_actor, doctor, colleague, patient, walled):
    entry_id = signed_note(as_actor, doctor, patient.id, labels=(Label.PSYCHIATRY,), **PLAIN)
    walled()

    assert sees(as_actor, doctor, patient, entry_id)
    assert not sees(as_actor, colleague, patient, entry_id)


def test_it_stands_beside_what_the_code_says_and_stays_when_a_later_version_has_none(
    as_actor, doctor, patient, engines
):
    entry_id = signed_note(
        as_actor, doctor, patient.id, labels=(Label.HIV,), diagnosis_code="F32.1", diagnosis="Депрессия"
    )
    with as_actor(doctor.actor) as session:
        save_note(session, entry_id, note=note(), seen_number=1, reason="Ошибка")
        sign_entry(session, entry_id, seen_number=2)

    assert restrictions(engines, entry_id) == everywhere(["HIV", "PSY"], versions=2)


def test_the_form_offers_it_the_page_of_signing_says_it_and_editing_keeps_it(
    desk, doctor, patient, as_actor, colleague, client_for, engines
):
    entry_id = typed_note(desk, patient, label_hiv="y", **PLAIN)
    signing = read(desk.get(f"/emr/entries/{entry_id}/signature"))
    editing = desk.get(f"/emr/entries/{entry_id}/edit")
    again = {**TYPED, **PLAIN, **ticked(editing), "plan": "Ещё раз"}
    saved = desk.post(f"/emr/entries/{entry_id}", data=filled(editing, **again))
    signed = desk.post(
        f"/emr/entries/{entry_id}/signature", data=filled(desk.get(f"/emr/entries/{entry_id}/signature"))
    )

    assert "Once signed, for the treating team alone: HIV." in signing
    assert (saved.status_code, signed.status_code) == (303, 303)
    assert restrictions(engines, entry_id)["entry"] == [["HIV"]]
    assert client_for(colleague.actor).get(f"/emr/entries/{entry_id}").status_code == 404
    own = client_for(patient.actor)
    own.set_cookie("language", "en")
    assert "HIV" in read(own.get(f"/my/timeline/{entry_id}"))


def test_without_a_tick_nothing_is_labelled(desk, patient, engines):
    entry_id = typed_note(desk, patient, **PLAIN)
    page = desk.get(f"/emr/entries/{entry_id}/signature")
    desk.post(f"/emr/entries/{entry_id}/signature", data=filled(page))

    assert "for the treating team alone:" not in read(page)
    assert restrictions(engines, entry_id) == everywhere(None)


def test_what_is_ticked_is_kept_in_a_draft(desk, patient):
    opened = desk.get(f"/emr/patients/{patient.id}/entries/new", follow_redirects=True)
    address = opened.request.path
    draft_id = address.rpartition("/")[2]
    kept = desk.post(
        f"/emr/patients/{patient.id}/drafts/{draft_id}",
        data=filled(opened, **{**TYPED, "label_genetics": "y", "draft_form": "note"}),
    )

    assert kept.status_code < 300, kept.text
    assert ticked(desk.get(address)) == {"label_genetics": "y"}
