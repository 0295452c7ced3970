"""A form that its author sends when they are not signed in is kept for them alone, and nobody makes more of it."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from dispatch_backend.services.actions import load_reference
from emr.drafts.actions import Typed, keep_unsent_form, save_draft
from emr.drafts.enumerations import DraftForm
from emr.drafts.queries import kept_draft, own_drafts
from emr.drafts.rules import MOST_DRAFTS_OF_UNSENT_FORM
from emr.entries.tables.entries import EntryVersion
from foundation.clock import now
from foundation.identifiers import new_id
from identity.access.tables import CareRelation
from identity.sessions.tables.sessions import Session, SessionEnd
from identity.staff.tables import StaffPost
from tests.emr.notes.factories import TYPED
from tests.pages import filled, hidden_fields, read

SECRET = "Слова одного врача"


def opened(browser, patient, kind: str = "entries"):
    return browser.get(f"/emr/patients/{patient.id}/{kind}/new", follow_redirects=True)


def send(browser, patient, form, kind: str = "entries", **changed: str):
    return browser.post(f"/emr/patients/{patient.id}/{kind}", data={**form, **changed})


def is_kept(answer) -> bool:
    return answer.status_code == 303 and "why=kept" in answer.location


def asked_for(answer) -> str:
    return parse_qs(urlsplit(answer.location).query)["asked_for"][0]


def contents(as_actor, doctor) -> list[str]:
    with as_actor(doctor.actor) as session:
        ids = [each.id for each in own_drafts(session).lines]
        return sorted(kept_draft(session, each).content.get("plan", "") for each in ids)


@pytest.fixture
def form(desk, patient) -> dict[str, str]:
    return filled(opened(desk, patient), **TYPED)


@pytest.fixture
def stranger(client_for, people, doctor):
    """A colleague's browser."""
    browser = client_for(people.doctor(facility_id=doctor.facility_id).actor)
    browser.set_cookie("language", "en")
    return browser


# ---- what a copy of a form may do without a session ----------------------------------------------------------------------


def test_after_signing_out_a_copy_of_the_form_keeps_nothing(desk, client, form, patient, doctor, as_actor):
    assert desk.post("/staff/sign-out", data={}).status_code == 303

    assert not is_kept(send(client, patient, form))
    assert contents(as_actor, doctor) == []


@pytest.mark.parametrize(
    ("reason", "kept"),
    [("ended by the operator", False), ("ended by the identity provider", False), ("replaced", True)],
)
def test_a_session_that_somebody_ended_keeps_nothing(
    client, form, patient, doctor, as_administrator, reason, kept
):
    with as_administrator() as connection:
        sessions = select(Session.id).where(Session.staff_id == doctor.id)
        for session_id in connection.scalars(sessions).all():
            ended = {"session_id": session_id, "ended_at": now(), "reason": reason}
            connection.execute(upsert(SessionEnd.__table__).inline(), ended)

    assert is_kept(send(client, patient, form)) is kept


def test_a_session_that_ran_out_keeps_it(client, form, patient, doctor, as_administrator):
    with as_administrator() as connection:
        over = now() - timedelta(hours=9)
        own = Session.staff_id == doctor.id
        connection.execute(update(Session).where(own).values(last_seen_at=over, expires_at=over))

    assert is_kept(send(client, patient, form))


def test_whoever_lost_the_post_keeps_nothing(client, form, patient, doctor, as_administrator):
    with as_administrator() as connection:
        own = StaffPost.staff_id == doctor.id
        connection.execute(update(StaffPost).where(own).values(ends_at=now() - timedelta(minutes=1)))

    assert not is_kept(send(client, patient, form))


def test_of_a_patient_out_of_care_nothing_is_kept(client, form, patient, as_administrator):
    with as_administrator() as connection:
        own = CareRelation.patient_id == patient.id
        connection.execute(update(CareRelation).where(own).values(ends_at=now() - timedelta(minutes=1)))

    assert not is_kept(send(client, patient, form))


@pytest.mark.parametrize("kind", ["entries", "referrals"])
def test_one_form_brings_five_drafts_and_writes_over_none(desk, client, patient, doctor, as_actor, kind):
    form = filled(opened(desk, patient, kind), **TYPED)
    words = [f"{number}" for number in range(MOST_DRAFTS_OF_UNSENT_FORM + 2)]

    kept = [is_kept(send(client, patient, form, kind, plan=each, draft_version=each)) for each in words]

    assert kept == [True] * MOST_DRAFTS_OF_UNSENT_FORM + [False, False]
    assert contents(as_actor, doctor) == words[:MOST_DRAFTS_OF_UNSENT_FORM]
    assert is_kept(send(client, patient, form, kind, plan="0")), "what is kept already is found again"


def test_the_version_that_a_form_says_writes_over_nothing(desk, client, form, patient, doctor, as_actor):
    with as_actor(doctor.actor) as session:
        save_draft(session, patient.id, UUID(form["draft_id"]), Typed(DraftForm.NOTE, {"plan": "Первое"}, 0))

    send(client, patient, form, plan="Второе", draft_version="1")

    assert contents(as_actor, doctor) == ["Второе", "Первое"]


def test_a_form_that_came_second_in_the_same_moment_is_kept_beside(doctor, patient, as_actor, monkeypatch):
    draft_id = new_id()
    with as_actor(doctor.actor) as session:
        save_draft(session, patient.id, draft_id, Typed(DraftForm.NOTE, {"plan": "Первое"}, 0))
        looked = iter([None, None])
        monkeypatch.setattr(
            "emr.drafts.actions.kept_draft", lambda session, each: next(looked, kept_draft(session, each))
        )
        kept = keep_unsent_form(session, patient.id, draft_id, Typed(DraftForm.NOTE, {"plan": "Второе"}, 0))
        assert kept_draft(session, kept.draft_id).content["plan"] == "Второе"
        assert kept_draft(session, draft_id).content["plan"] == "Первое"


def test_a_new_draft_is_the_first_version_whatever_the_form_says(client, form, patient, doctor, as_actor):
    assert is_kept(send(client, patient, form, draft_version="2147483646"))

    with as_actor(doctor.actor) as session:
        assert kept_draft(session, UUID(form["draft_id"])).line.version == 1


# ---- sent while somebody else is signed in -------------------------------------------------------------------------------


@pytest.fixture(params=["a colleague", "a dispatcher", "at another post", "no post chosen"])
def another(request, client_for, people, doctor):
    """A browser in which another than the form's author is signed in, or the author elsewhere."""
    made = {
        "a colleague": lambda: people.doctor(facility_id=doctor.facility_id).actor,
        "a dispatcher": lambda: people.dispatcher().actor,
        "at another post": lambda: people.doctor().actor,
        "no post chosen": lambda: replace(doctor.actor, facility_id=None, role=""),
    }
    browser = client_for(made[request.param]())
    browser.set_cookie("language", "en")
    return browser


def test_anothers_form_is_kept_for_its_author_and_shown_to_nobody_else(
    another, form, patient, doctor, as_actor, as_administrator
):
    answer = another.post(
        f"/emr/patients/{patient.id}/entries", data={**form, "plan": SECRET}, follow_redirects=True
    )

    assert "What was typed is kept for its author alone" in read(answer)
    assert SECRET not in answer.text
    assert contents(as_actor, doctor) == [SECRET]
    with as_administrator() as connection:
        written = select(EntryVersion.number).where(EntryVersion.patient_id == patient.id)
        assert connection.execute(written).all() == []


def test_what_anothers_script_sends_becomes_no_draft_of_the_reader(stranger, form, patient, doctor, as_actor):
    address = f"/emr/patients/{patient.id}/drafts/{form['draft_id']}"

    assert stranger.post(address, data={**form, "plan": SECRET}).status_code == 303
    assert contents(as_actor, doctor) == [SECRET]


def test_anothers_form_that_may_not_be_kept_is_not_done_in_the_readers_name(
    desk, stranger, form, patient, as_administrator
):
    desk.post("/staff/sign-out", data={})

    answer = send(stranger, patient, form, plan=SECRET)

    assert (answer.status_code, SECRET in answer.text) == (403, False)
    assert "what was typed was not kept" in read(answer)
    with as_administrator() as connection:
        written = select(EntryVersion.number).where(EntryVersion.patient_id == patient.id)
        assert connection.execute(written).all() == []


# ---- two who share a desk ------------------------------------------------------------------------------------------------


def test_a_draft_is_saved_though_a_colleague_began_an_unsigned_note_from_its_page(
    desk, stranger, patient, doctor, as_actor
):
    page = opened(desk, patient)
    address = f"/emr/patients/{patient.id}/drafts/{hidden_fields(page)['draft_id']}"
    kept = desk.post(address, data=filled(page, **TYPED)).json
    theirs = filled(stranger.get(page.request.path), **{**TYPED, "plan": "Чужое"})
    assert send(stranger, patient, theirs).status_code == 303

    reopened = desk.get(page.request.path)
    saved = send(desk, patient, filled(reopened, **TYPED), draft_version=str(kept["version"]))

    assert saved.status_code == 303
    assert TYPED["plan"] in desk.get(saved.location).text
    assert contents(as_actor, doctor) == []


def test_a_referral_is_sent_though_a_colleague_sent_another_from_its_page(
    desk, stranger, patient, people, as_loader
):
    people.center()
    with as_loader() as session:
        load_reference(session)
    page = opened(desk, patient, "referrals")
    services = re.findall(r'<option value="([^"]+)"', page.text)
    words = {"priority": "planned", "diagnosis_code": "I20.8", "reason": SECRET}
    theirs = filled(stranger.get(page.request.path), **words, service=services[0])
    assert send(stranger, patient, theirs, "referrals").status_code == 303

    shown = desk.get(page.request.path)
    sent = send(desk, patient, filled(page, **words, service=services[1]), "referrals")
    again = send(desk, patient, filled(page, **words, service=services[1], idempotency_key="x"), "referrals")

    assert shown.status_code == 200
    assert sent.status_code == 303
    assert "sent already" in read(again)


# ---- what is told --------------------------------------------------------------------------------------------------------


def test_a_form_that_was_carried_out_does_not_come_back_as_unfinished(
    desk, client, form, patient, doctor, as_actor
):
    assert send(desk, patient, form).status_code == 303

    replayed = send(client, patient, form)
    further = send(client, patient, form, plan="Дописано")

    assert not is_kept(replayed)
    assert asked_for(replayed) == f"/emr/entries/{form['draft_id']}"
    assert is_kept(further), "other words are not lost"
    assert contents(as_actor, doctor) == ["Дописано"]


def test_a_script_goes_on_from_the_version_that_the_server_tells(
    desk, client, form, patient, doctor, as_actor
):
    address = f"/emr/patients/{patient.id}/drafts/{form['draft_id']}"
    for words, version in (("один", 1), ("один", 1), ("один два", 2), ("один два три", 3)):
        told = client.post(address, data={**form, "plan": words}, headers={"Accept": "application/json"})
        assert (told.status_code, told.json["version"]) == (401, version)
        form = {**form, "draft_version": str(told.json["version"]), "draft_ticket": told.json["ticket"]}

    assert contents(as_actor, doctor) == ["один два три"]


@pytest.mark.parametrize("door", ["/staff/sign-in", "/sign-in"])
def test_an_address_alone_does_not_say_that_something_was_kept(client, form, patient, door):
    client.set_cookie("language", "en")
    kept = "What you typed is kept for you alone"

    assert kept not in client.get(f"{door}?why=kept&asked_for=/emr").text
    answer = send(client, patient, form)
    assert kept in client.get(answer.location).text
    assert kept not in client.get(f"{door}?why=kept&asked_for=/emr").text
