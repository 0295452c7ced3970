"""A long form that is sent after its session's end: kept for its author alone, and never over another text."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from emr.drafts.actions import save_draft
from emr.drafts.queries import own_drafts
from emr.drafts.rules import MOST_DRAFTS, MOST_DRAFTS_WITH_UNSENT, UNSENT_FORM_ACCEPTED_FOR
from emr.drafts.tables import Draft
from foundation.clock import now
from foundation.identifiers import new_id
from tests.emr.drafts.factories import SECRET, keep, typed
from tests.emr.notes.factories import TYPED, signed_note
from tests.pages import filled


def _asked_for(answer) -> str:
    return parse_qs(urlsplit(answer.location).query)["asked_for"][0]


LONG_FORMS = {
    "note": ("/emr/patients/{patient}/entries/new", "/emr/patients/{patient}/entries", "plan"),
    "referral": ("/emr/patients/{patient}/referrals/new", "/emr/patients/{patient}/referrals", "reason"),
    "change": ("/emr/entries/{entry}/edit", "/emr/entries/{entry}", "plan"),
}


@pytest.fixture(params=LONG_FORMS)
def sent_too_late(request, client_for, doctor, patient, as_actor):
    """A form of which half was kept, sent when its author's session had ended: the page, the answer, the address."""
    page_at, sent_to, field = LONG_FORMS[request.param]
    entry = signed_note(as_actor, doctor, patient.id) if request.param == "change" else None
    # Another one than the desk's, whose session lives on.
    browser = client_for(doctor.actor)
    browser.set_cookie("language", "en")
    page = browser.get(page_at.format(patient=patient.id, entry=entry), follow_redirects=True)
    kept = keep(browser, patient, page, **{field: "Первые слова"}).json
    browser.set_cookie("desk_session", "a-session-of-yesterday")
    words = {field: "Первые слова\tи  последние", "draft_version": str(kept["version"])}
    words["draft_ticket"] = kept["ticket"]
    form = filled(page, **{**TYPED, **words})
    return page, browser.post(sent_to.format(patient=patient.id, entry=entry), data=form), browser


def test_a_form_sent_after_the_session_s_end_comes_back(sent_too_late, desk):
    page, answer, browser = sent_too_late

    assert (answer.status_code, "why=kept" in answer.location) == (303, True)
    assert "What you typed is kept for you alone" in browser.get(answer.location).text
    assert _asked_for(answer) == page.request.path
    assert "Первые слова\tи  последние" in desk.get(_asked_for(answer)).text


@pytest.mark.parametrize("kind", LONG_FORMS)
def test_a_form_that_is_shown_again_is_kept_too(kind, client, desk, doctor, patient, as_actor):
    page_at, sent_to, field = LONG_FORMS[kind]
    entry = signed_note(as_actor, doctor, patient.id) if kind == "change" else None
    address = sent_to.format(patient=patient.id, entry=entry)
    page = desk.get(page_at.format(patient=patient.id, entry=entry), follow_redirects=True)

    again = desk.post(address, data=filled(page, seen_at=""))
    answer = client.post(address, data=filled(again, **{field: SECRET}))

    assert again.status_code == 422
    assert "why=kept" in answer.location
    assert SECRET in desk.get(_asked_for(answer)).text


def test_whoever_else_signs_in_there_sees_nothing_of_it(sent_too_late, client_for, people, doctor):
    _, answer, _ = sent_too_late
    colleague = client_for(people.doctor(facility_id=doctor.facility_id).actor)

    for address in (_asked_for(answer), "/emr"):
        assert "Первые слова" not in colleague.get(address, follow_redirects=True).text


def test_a_form_nobody_opened_is_kept_for_nobody(client, desk, doctor, patient, as_actor):
    page = desk.get(f"/emr/patients/{patient.id}/entries/new", follow_redirects=True)
    form = filled(page, **TYPED)
    for ticket in ("", "forged", form["draft_ticket"][:-4] + "AAAA"):
        answer = client.post(f"/emr/patients/{patient.id}/entries", data={**form, "draft_ticket": ticket})
        assert "why=kept" not in answer.location

    with as_actor(doctor.actor) as session:
        assert own_drafts(session).lines == []


def test_a_form_left_open_for_too_long_is_not_kept_and_nobody_is_told_that_it_is(
    client, desk, patient, monkeypatch
):
    page = desk.get(f"/emr/patients/{patient.id}/entries/new", follow_redirects=True)
    later = now() + UNSENT_FORM_ACCEPTED_FOR + timedelta(minutes=1)
    monkeypatch.setattr("emr.drafts.routes.unsent_forms.now", lambda: later)

    answer = client.post(f"/emr/patients/{patient.id}/entries", data=filled(page, **TYPED))

    assert "why=kept" not in answer.location


def test_an_unsent_form_does_not_write_over_what_was_typed_further_elsewhere(client, desk, patient):
    page = desk.get(f"/emr/patients/{patient.id}/entries/new", follow_redirects=True)
    version = keep(desk, patient, page, plan="Первое").json["version"]
    keep(desk, patient, page, plan="Второе окно", draft_version=str(version))

    form = filled(page, **{**TYPED, "plan": "Первое окно"}, draft_version=str(version))
    answer = client.post(f"/emr/patients/{patient.id}/entries", data=form)

    assert "Второе окно" in desk.get(page.request.path).text
    assert _asked_for(answer) != page.request.path
    assert "Первое окно" in desk.get(_asked_for(answer)).text


def test_what_is_typed_on_after_the_session_s_end_is_kept_too(desk, patient):
    page = desk.get(f"/emr/patients/{patient.id}/entries/new", follow_redirects=True)
    desk.set_cookie("desk_session", "a-session-of-yesterday")

    answer = keep(desk, patient, page, plan=SECRET)

    assert (answer.status_code, "/sign-in" in answer.location) == (303, True)
    assert ("why=kept" in answer.location, _asked_for(answer)) == (True, page.request.path)


def test_whoever_has_too_many_drafts_is_told_and_loses_none(
    desk, as_actor, doctor, patient, monkeypatch, client
):
    monkeypatch.setattr("emr.drafts.actions.MOST_DRAFTS", 2)
    page = desk.get(f"/emr/patients/{patient.id}/entries/new", follow_redirects=True)
    with as_actor(doctor.actor) as session:
        kept_ids = [new_id(), new_id()]
        for draft_id in kept_ids:
            save_draft(session, patient.id, draft_id, typed())

    refused = keep(desk, patient, page)
    further = desk.post(f"/emr/patients/{patient.id}/entries", data=filled(page, **TYPED))
    late = client.post(
        f"/emr/patients/{patient.id}/referrals",
        data=filled(
            desk.get(f"/emr/patients/{patient.id}/referrals/new", follow_redirects=True), reason=SECRET
        ),
    )

    assert refused.status_code == 409
    assert "Finish or discard some; the oldest is of" in refused.json["sentence"]
    assert further.status_code == 303
    assert "why=kept" in late.location
    with as_actor(doctor.actor) as session:
        assert {each.id for each in own_drafts(session).lines} > set(kept_ids)
        # What is kept already is typed further.
        assert save_draft(session, patient.id, kept_ids[0], typed(1, plan="Дальше")) == 2


def test_every_draft_that_is_kept_is_listed(client, desk, as_actor, doctor, patient):
    page = desk.get(f"/emr/patients/{patient.id}/entries/new", follow_redirects=True)
    most = max(MOST_DRAFTS, MOST_DRAFTS_WITH_UNSENT)
    whose = {"author_id": doctor.id, "patient_id": patient.id, "form": "note", "content": {}, "version": 1}
    with as_actor(doctor.actor) as session:
        session.add_all(Draft(id=new_id(), updated_at=now(), **whose) for _ in range(most))

    one_more = client.post(f"/emr/patients/{patient.id}/entries", data=filled(page, **TYPED))

    assert "why=kept" not in one_more.location
    for address in ("/emr", f"/emr/patients/{patient.id}"):
        assert desk.get(address).text.count('/discard"') == most, address
