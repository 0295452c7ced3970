"""The pages on which a note is written, changed and signed."""

import html

import pytest
from sqlalchemy import event, select

from foundation.audit import AuditEvent
from foundation.database import process_engines
from tests.emr.notes.factories import TYPED, signed_note, typed_note
from tests.pages import filled


def test_a_note_is_written_read_and_signed(desk, patient):
    entry_id = typed_note(desk, patient, next="sign")
    page = desk.get(f"/emr/entries/{entry_id}/signature")
    assert "Кашель &lt;третий&gt; день" in page.text
    assert "J20.9 Острый бронхит" in page.text

    answer = desk.post(f"/emr/entries/{entry_id}/signature", data=filled(page), follow_redirects=True)

    assert "Signed. The patient sees it now." in answer.text
    assert "J20.9 Острый бронхит" in answer.text
    assert "Check sum" in desk.get(f"/emr/entries/{entry_id}").text


def test_sending_twice_writes_once(desk, patient):
    page = desk.get(f"/emr/patients/{patient.id}/entries/new", follow_redirects=True)
    form = filled(page, **TYPED)

    first, second = (desk.post(f"/emr/patients/{patient.id}/entries", data=form) for _ in range(2))

    assert (first.status_code, first.location) == (second.status_code, second.location)


def test_signing_twice_signs_once(desk, patient):
    entry_id = typed_note(desk, patient)
    form = filled(desk.get(f"/emr/entries/{entry_id}/signature"))

    answers = [desk.post(f"/emr/entries/{entry_id}/signature", data=form) for _ in range(2)]

    assert [each.status_code for each in answers] == [303, 303]


def test_a_stale_save_loses_nothing_that_was_typed(desk, patient):
    entry_id = typed_note(desk, patient)
    first, second = (desk.get(f"/emr/entries/{entry_id}/edit") for _ in range(2))
    desk.post(f"/emr/entries/{entry_id}", data=filled(first, **{**TYPED, "plan": "Из первого окна"}))

    answer = desk.post(
        f"/emr/entries/{entry_id}", data=filled(second, **{**TYPED, "plan": "Из второго окна"})
    )

    assert answer.status_code == 412
    assert "Из второго окна" in answer.text
    assert "Из первого окна" in answer.text
    again = desk.post(f"/emr/entries/{entry_id}", data=filled(answer, **{**TYPED, "plan": "Из второго окна"}))
    assert again.status_code == 303


@pytest.fixture
def commits(app):
    """The transactions of the web that were kept."""
    kept = []
    count = kept.append
    event.listen(process_engines.engine(), "commit", count)
    yield kept
    event.remove(process_engines.engine(), "commit", count)


@pytest.mark.parametrize("stale", [False, True])
def test_a_draft_is_read_and_noted_in_one_transaction(desk, patient, as_actor, commits, stale):
    entry_id = typed_note(desk, patient)
    page = desk.get(f"/emr/entries/{entry_id}/edit")
    desk.post(f"/emr/entries/{entry_id}", data=filled(page, **{**TYPED, "plan": "Из первого окна"}))
    commits.clear()

    if stale:
        desk.post(f"/emr/entries/{entry_id}", data=filled(page, **TYPED, idempotency_key="another"))
    else:
        desk.get(f"/emr/entries/{entry_id}/edit")

    assert len(commits) == 1
    with as_actor(patient.actor) as session:
        acts = list(session.scalars(select(AuditEvent.act).order_by(AuditEvent.id)))
    assert acts[-2:] == ["entry.written", "draft.opened"]


def test_amending_needs_a_reason_and_keeps_the_text(desk, doctor, patient, as_actor):
    entry_id = signed_note(as_actor, doctor, patient.id)
    page = desk.get(f"/emr/entries/{entry_id}/edit")

    answer = desk.post(f"/emr/entries/{entry_id}", data=filled(page, **{**TYPED, "plan": "Антибиотик"}))

    assert answer.status_code == 409
    assert "Антибиотик" in answer.text
    assert "only be changed with a reason" in answer.text


def test_whoever_signs_what_changed_meanwhile_reads_it_first(desk, patient):
    entry_id = typed_note(desk, patient)
    read = desk.get(f"/emr/entries/{entry_id}/signature")
    page = desk.get(f"/emr/entries/{entry_id}/edit")
    desk.post(f"/emr/entries/{entry_id}", data=filled(page, **{**TYPED, "plan": "Другой план"}))

    refused = desk.post(f"/emr/entries/{entry_id}/signature", data=filled(read))
    signed_now = desk.post(f"/emr/entries/{entry_id}/signature", data=filled(refused))

    assert refused.status_code == 412
    assert "Другой план" in refused.text
    assert signed_now.status_code == 303


def test_a_form_that_is_not_ours_signs_nothing_and_shows_the_page_again(desk, doctor, patient, as_actor):
    entry_id = signed_note(as_actor, doctor, patient.id)

    answer = desk.post(f"/emr/entries/{entry_id}/signature", data={"seen_number": "1"})

    assert answer.status_code == 422
    assert "J20.9 Острый бронхит" in answer.text


def test_an_incomplete_note_is_not_signed_and_says_what_is_missing(desk, patient):
    entry_id = typed_note(desk, patient, plan="")
    other = desk.get(f"/emr/entries/{typed_note(desk, patient)}/signature")

    page = desk.get(f"/emr/entries/{entry_id}/signature")
    answer = desk.post(f"/emr/entries/{entry_id}/signature", data={**filled(other), "seen_number": "1"})

    assert "needs complaints, a diagnosis and a plan" in page.text
    assert f'action="/emr/entries/{entry_id}/signature"' not in page.text

    assert answer.status_code == 409
    assert "needs complaints, a diagnosis and a plan" in answer.text


def test_a_code_may_be_typed_in_small_letters_and_with_spaces_around(desk, patient):
    entry_id = typed_note(desk, patient, diagnosis_code=" j20.9 ")

    assert "J20.9 Острый бронхит" in desk.get(f"/emr/entries/{entry_id}").text


def test_spaces_tabs_and_line_ends_are_there_when_the_note_is_opened_again(desk, patient):
    typed = "Hb  132\tг/л\r\n  WBC    6\r\n\r\nбез  изменений "
    entry_id = typed_note(desk, patient, examination=typed, diagnosis="Острый  бронхит")

    page = desk.get(f"/emr/entries/{entry_id}/edit").text

    assert typed.replace("\r\n", "\n") in html.unescape(page)
    assert 'value="Острый  бронхит"' in page


@pytest.mark.parametrize("part", ["complaints", "diagnosis"])
def test_a_text_that_is_too_long_is_refused_in_words_and_stays_in_the_form(desk, patient, part):
    pasted = "Длинная  выписка. " * 5_700
    page = desk.get(f"/emr/patients/{patient.id}/entries/new", follow_redirects=True)

    answer = desk.post(f"/emr/patients/{patient.id}/entries", data=filled(page, **{**TYPED, part: pasted}))

    assert answer.status_code == 422
    assert "Characters: 102,600; at most" in answer.text
    assert pasted in answer.text
    assert "maxlength" not in answer.text


def test_a_page_with_an_error_says_so_in_its_title_and_before_its_heading(desk, patient):
    page = desk.get(f"/emr/patients/{patient.id}/entries/new", follow_redirects=True)

    answer = desk.post(f"/emr/patients/{patient.id}/entries", data=filled(page, **{**TYPED, "seen_at": ""}))

    assert "<title>Error: New note" in " ".join(answer.text.split())
    assert "<title>Error:" not in page.text
    assert answer.text.index("There is a problem") < answer.text.index("<h1")
