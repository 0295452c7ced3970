"""Odd characters in every form with text: what cannot be written down is refused in words, the rest is kept as it was typed."""

import html
import re
from importlib import import_module
from uuid import UUID

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import SelectField, StringField

from foundation.web.forms import UNSTORABLE, BaseForm
from tests.architecture.house import files_of_word, name_of
from tests.emr.notes.factories import TYPED, signed_note, typed_note
from tests.pages import filled, read

CANNOT_BE_WRITTEN = ["\x00", "\x07", "\x1f"]
REFUSED = "holds characters that cannot be written down"
# A family of four joined without width, a letter with a mark of its own, markup, the two ends of a line, a space that breaks none.
KEPT = "👩‍👩‍👧‍👦 и\u0306 <b>не жирно</b> & так;\r\nвторая\u00a0строка"


def _forms() -> list[type[BaseForm]]:
    for file in files_of_word("forms"):
        import_module(name_of(file).removesuffix(".py").replace("/", "."))
    found, todo = set(), [BaseForm]
    while todo:
        for each in todo.pop().__subclasses__():
            if each not in found:
                found.add(each)
                todo.append(each)
    return sorted(found, key=lambda each: f"{each.__module__}.{each.__name__}")


def _opened(form: type[BaseForm], sent: MultiDict | None = None) -> BaseForm:
    try:
        return form(sent)
    except TypeError:
        # Of a referral's steps, each of which says whose it is.
        return form(UUID(int=1), sent)


@pytest.mark.parametrize("character", CANNOT_BE_WRITTEN)
def test_no_form_takes_what_cannot_be_written_down(app, character):
    taken, looked_at = [], 0
    with app.test_request_context():
        for form in _forms():
            texts = [field.name for field in _opened(form) if isinstance(field, StringField)]
            sent = _opened(form, MultiDict({name: f"а{character}б" for name in texts}))
            looked_at += len(texts)
            for field in sent:
                if isinstance(field, SelectField):
                    field.choices = field.choices or []
            sent.validate()
            taken += [
                f"{form.__name__}.{field.name}"
                for field in sent
                if field.name in texts and UNSTORABLE not in field.errors
            ]

    assert looked_at > 15
    assert taken == []


@pytest.mark.parametrize("character", CANNOT_BE_WRITTEN)
@pytest.mark.parametrize("field", ["complaints", "history", "examination", "diagnosis", "plan"])
def test_a_note_with_such_a_character_is_sent_back_with_its_words(
    desk, patient, right_outcome, character, field
):
    assert right_outcome("odd-characters") == "422 in plain words or stored as typed; never 500."
    page = desk.get(f"/emr/patients/{patient.id}/entries/new", follow_redirects=True)
    typed = filled(page, **{**TYPED, field: f"Слова{character}дальше"})

    answer = desk.post(f"/emr/patients/{patient.id}/entries", data=typed)

    assert answer.status_code == 422
    assert REFUSED in read(answer)
    assert "Слова" in answer.text


@pytest.mark.parametrize("character", CANNOT_BE_WRITTEN)
def test_a_change_a_referral_and_a_search_are_sent_back_too(desk, doctor, patient, as_actor, character):
    entry_id = signed_note(as_actor, doctor, patient.id)
    word = f"Слово{character}"
    pages = {
        f"/emr/entries/{entry_id}": (f"/emr/entries/{entry_id}/edit", {**TYPED, "reason": word}),
        f"/emr/patients/{patient.id}/referrals": (
            f"/emr/patients/{patient.id}/referrals/new",
            {"priority": "planned", "diagnosis_code": "j20.9", "reason": word},
        ),
        "/emr/searches": ("/emr", {"text": word}),
    }

    for address, (page, typed) in pages.items():
        answer = desk.post(address, data=filled(desk.get(page, follow_redirects=True), **typed))
        assert (answer.status_code, REFUSED in read(answer)) == (422, True), address


@pytest.mark.parametrize("character", CANNOT_BE_WRITTEN)
def test_what_is_kept_while_it_is_typed_never_breaks_the_server(desk, patient, character):
    page = desk.get(f"/emr/patients/{patient.id}/entries/new", follow_redirects=True)
    typed = filled(page, **{**TYPED, "plan": f"Слова{character}дальше"})

    answer = desk.post(f"/emr/patients/{patient.id}/drafts/{typed['draft_id']}", data=typed)

    assert answer.status_code == (422 if character == "\x00" else 200)


def test_what_can_be_written_comes_back_as_it_was_typed(desk, patient):
    entry_id = typed_note(desk, patient, plan=KEPT, diagnosis=KEPT.splitlines()[0])

    edited = desk.get(f"/emr/entries/{entry_id}/edit").text
    shown = desk.get(f"/emr/entries/{entry_id}").text

    [plan] = re.findall(r'<textarea[^>]*name="plan"[^>]*>(.*?)</textarea>', edited, re.DOTALL)
    assert html.unescape(plan).strip().splitlines() == KEPT.splitlines()
    for line in KEPT.split("\r\n"):
        assert html.escape(line) in shown
    assert "<b>не жирно" not in shown


def test_a_mark_that_turns_the_text_around_is_shown_as_what_it_is(desk, patient):
    entry_id = typed_note(desk, patient, next="sign", diagnosis="Грипп\u202eтекст")

    for page in (
        f"/emr/entries/{entry_id}",
        f"/emr/entries/{entry_id}/signature",
        f"/emr/patients/{patient.id}",
    ):
        answer = desk.get(page)
        assert "\u202e" not in answer.text
        assert re.search(r"Грипп(\[U\+202E\]| )текст", read(answer))
