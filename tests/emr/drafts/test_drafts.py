"""What is typed is kept before it is saved: for its author alone, once, and until it is saved or discarded."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import ProgrammingError

from emr.drafts.actions import Typed, discard_draft, save_draft, sweep_drafts
from emr.drafts.enumerations import DraftForm
from emr.drafts.queries import kept_draft, own_drafts
from emr.drafts.rules import DRAFT_KEPT_FOR, MOST_DRAFTS, MOST_DRAFTS_WITH_UNSENT, UNSENT_FORM_ACCEPTED_FOR
from emr.drafts.tables import Draft
from foundation.audit import AuditEvent
from foundation.clock import now
from foundation.errors import NotFound, Stale
from foundation.identifiers import new_id
from tests.emr.notes.factories import TYPED, signed_note, typed_note
from tests.pages import filled, hidden_fields

SECRET = "Не закончено  и никому\tне видно"


def typed(version: int = 0, **content: str) -> Typed:
    return Typed(DraftForm.NOTE, {**TYPED, "complaints": SECRET, **content}, version)


def keep(desk, patient, page, **words: str):
    """What the form's script sends."""
    hidden = hidden_fields(page)
    return desk.post(
        f"/emr/patients/{patient.id}/drafts/{hidden['draft_id']}", data={**hidden, **TYPED, **words}
    )


@pytest.fixture
def kept(as_actor, doctor, patient) -> UUID:
    draft_id = new_id()
    with as_actor(doctor.actor) as session:
        save_draft(session, patient.id, draft_id, typed())
    return draft_id


@pytest.fixture(params=["a colleague", "another doctor", "the patient", "a dispatcher"])
def stranger(request, people, doctor, patient):
    made = {
        "a colleague": lambda: people.doctor(facility_id=doctor.facility_id),
        "another doctor": people.doctor,
        "the patient": lambda: patient,
        "a dispatcher": people.dispatcher,
    }
    return made[request.param]().actor


def test_a_draft_is_its_authors_alone(as_actor, kept, stranger, doctor, walls):
    with as_actor(stranger) as session:
        assert kept_draft(session, kept) is None
        assert own_drafts(session).lines == []
        with pytest.raises(NotFound):
            discard_draft(session, kept, seen_version=1)
    with as_actor(doctor.actor) as session:
        assert kept_draft(session, kept).content["complaints"] == SECRET


def test_row_security_alone_shows_and_gives_strangers_no_draft(
    as_actor, kept, stranger, application_wall_off
):
    with as_actor(stranger) as session:
        assert session.scalars(select(Draft.id)).all() == []
        assert session.execute(delete(Draft)).rowcount == 0
        assert session.execute(update(Draft).values(version=9)).rowcount == 0


def test_with_row_security_off_a_draft_would_be_there(as_actor, kept, stranger, row_security_off):
    with as_actor(stranger) as session:
        assert kept in session.scalars(select(Draft.id)).all()


def test_nobody_keeps_a_draft_in_anothers_name(as_actor, people, doctor, patient):
    colleague = people.doctor(facility_id=doctor.facility_id)
    forged = Draft(
        author_id=doctor.id, id=new_id(), patient_id=patient.id, form="note", content={}, version=1
    )

    with pytest.raises(ProgrammingError, match="row-level security"), as_actor(colleague.actor) as session:
        session.add(forged)


@pytest.mark.parametrize("process", ["as_loader", "as_worker"])
def test_no_process_that_loads_delivers_or_hands_out_reads_a_draft(request, kept, process):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        request.getfixturevalue(process)() as session,
    ):
        session.scalars(select(Draft.id)).all()


def test_a_draft_is_not_kept_about_a_patient_of_others(as_actor, people, doctor, walled):
    stranger = people.patient()
    walled()

    with pytest.raises((NotFound, ProgrammingError)), as_actor(doctor.actor) as session:
        save_draft(session, stranger.id, new_id(), typed())


def test_two_windows_do_not_write_over_each_other(as_actor, doctor, patient, kept):
    with as_actor(doctor.actor) as session:
        assert save_draft(session, patient.id, kept, typed(1, plan="Первое окно")) == 2
        for seen in (0, 1):
            with pytest.raises(Stale):
                save_draft(session, patient.id, kept, typed(seen, plan="Второе окно"))
        assert kept_draft(session, kept).content["plan"] == "Первое окно"


def test_a_draft_is_kept_for_a_season_and_no_longer(as_actor, doctor, patient, kept):
    with as_actor(doctor.actor) as session:
        session.execute(
            update(Draft).values(updated_at=Draft.updated_at - DRAFT_KEPT_FOR - timedelta(days=1))
        )
    with as_actor(doctor.actor) as session:
        save_draft(session, patient.id, new_id(), typed())
        assert kept_draft(session, kept) is None
        assert len(own_drafts(session).lines) == 1


def test_discarding_leaves_a_line_and_nothing_else(as_actor, desk, doctor, patient, kept):
    page = desk.get(f"/emr/drafts/{kept}/discard")
    assert SECRET in page.text

    answer = desk.post(f"/emr/drafts/{kept}/discard", data=filled(page), follow_redirects=True)

    assert "Discarded." in answer.text
    assert "Not finished" not in answer.text
    with as_actor(patient.actor) as session:
        acts = select(AuditEvent.act).where(AuditEvent.object_id == kept)
        assert list(session.scalars(acts)) == ["draft.discarded"]


def test_what_was_typed_further_elsewhere_is_not_discarded_unseen(as_actor, desk, doctor, patient, kept):
    page = desk.get(f"/emr/drafts/{kept}/discard")
    with as_actor(doctor.actor) as session:
        save_draft(session, patient.id, kept, typed(1, plan="Дописано"))

    answer = desk.post(f"/emr/drafts/{kept}/discard", data=filled(page))

    assert answer.status_code == 412
    assert "Дописано" in answer.text


def test_what_was_typed_is_there_after_another_sign_in_and_listed_on_desk_and_chart(
    client_for, desk, doctor, patient
):
    page = desk.get(f"/emr/patients/{patient.id}/entries/new", follow_redirects=True)
    assert keep(desk, patient, page, complaints=SECRET).status_code == 200

    again = client_for(doctor.actor)
    again.set_cookie("language", "en")
    lists = again.get("/emr").text, again.get(f"/emr/patients/{patient.id}").text

    for shown in lists:
        assert "Not finished" in shown
        assert page.request.path in shown
        assert SECRET not in shown
    assert SECRET in again.get(page.request.path).text


def test_a_saved_note_leaves_no_draft_and_one_entry(desk, patient):
    page = desk.get(f"/emr/patients/{patient.id}/entries/new", follow_redirects=True)
    kept = keep(desk, patient, page).json
    form = filled(page, **TYPED, draft_version=str(kept["version"]))

    saved = desk.post(f"/emr/patients/{patient.id}/entries", data=form)

    assert saved.status_code == 303
    assert hidden_fields(page)["draft_id"] in saved.location
    assert "Not finished" not in desk.get(f"/emr/patients/{patient.id}").text
    # A saving that was on its way is told that it comes too late.
    late = {**hidden_fields(page), **TYPED, "draft_version": str(kept["version"])}
    address = f"/emr/patients/{patient.id}/drafts/{hidden_fields(page)['draft_id']}"
    assert desk.post(address, data=late).status_code == 412


def test_back_after_signing_leads_to_the_signed_note_and_makes_no_second(desk, patient):
    page = desk.get(f"/emr/patients/{patient.id}/entries/new", follow_redirects=True)
    form = filled(page, **TYPED)
    saved = desk.post(f"/emr/patients/{patient.id}/entries", data=form)
    entry_id = hidden_fields(page)["draft_id"]
    signing = desk.get(f"/emr/entries/{entry_id}/signature")
    desk.post(f"/emr/entries/{entry_id}/signature", data=filled(signing))

    back = desk.get(page.request.path, follow_redirects=True)
    again = desk.post(
        f"/emr/patients/{patient.id}/entries",
        data={**form, "idempotency_key": "another"},
        follow_redirects=True,
    )
    other = desk.post(
        f"/emr/patients/{patient.id}/entries",
        data={**form, "idempotency_key": "third", "plan": "Другой план"},
    )

    assert saved.status_code == 303
    assert back.request.path == again.request.path == f"/emr/entries/{entry_id}"
    assert "This note is saved already" in back.text
    assert (other.status_code, "Другой план" in other.text, "Покой" in other.text) == (412, True, True)
    assert "You have not signed yet" not in desk.get(f"/emr/patients/{patient.id}").text


def test_a_note_begun_on_the_page_of_anothers_is_saved_under_an_identity_of_its_own(
    desk, people, patient, doctor, as_actor
):
    foreign = signed_note(as_actor, people.doctor(facility_id=doctor.facility_id), patient.id)
    page = desk.get(f"/emr/patients/{patient.id}/entries/new/{foreign}")

    refused = desk.post(f"/emr/patients/{patient.id}/entries", data=filled(page, **TYPED))
    saved = desk.post(f"/emr/patients/{patient.id}/entries", data=filled(refused, **TYPED))

    assert refused.status_code == 412
    assert "Save it once more" in refused.text
    assert "Острый бронхит" in refused.text
    assert (saved.status_code, str(foreign) in saved.location) == (303, False)


def test_an_amendment_is_kept_too_and_opened_again(desk, doctor, patient, as_actor):
    entry_id = signed_note(as_actor, doctor, patient.id)
    page = desk.get(f"/emr/entries/{entry_id}/edit")
    assert keep(desk, patient, page, reason="Опечатка", plan=SECRET).status_code == 200

    again = desk.get(f"/emr/entries/{entry_id}/edit")

    assert SECRET in again.text
    assert "have not finished it" in again.text
    assert f"/emr/entries/{entry_id}/edit" in desk.get("/emr").text
    saved = desk.post(
        f"/emr/entries/{entry_id}", data=filled(again, **{**TYPED, "plan": SECRET}, reason="Опечатка")
    )
    assert saved.status_code == 303
    assert "Not finished" not in desk.get("/emr").text


def test_a_referral_is_kept_and_sent_once(desk, patient):
    page = desk.get(f"/emr/patients/{patient.id}/referrals/new", follow_redirects=True)
    keep(desk, patient, page, reason=SECRET)

    assert SECRET in desk.get(page.request.path).text


def test_a_draft_never_reaches_the_patient(client_for, patient, kept):
    browser = client_for(patient.actor)

    for address in (
        "/my",
        "/my/timeline",
        "/my/record.json",
        "/my/access",
        f"/fhir/Patient/{patient.id}/$everything",
    ):
        assert SECRET not in browser.get(address).get_data(as_text=True), address


def test_after_the_session_s_end_nothing_is_kept_and_the_script_is_led_to_the_sign_in(client, desk, patient):
    page = desk.get(f"/emr/patients/{patient.id}/entries/new", follow_redirects=True)

    answer = keep(client, patient, page)

    assert (answer.status_code, "/sign-in" in answer.location) == (303, True)


def test_without_its_guard_nothing_is_kept(desk, patient):
    assert desk.post(f"/emr/patients/{patient.id}/drafts/{new_id()}", data=TYPED).status_code == 422


def test_a_note_saved_under_its_identity_opens_as_a_change(desk, patient):
    entry_id = typed_note(desk, patient)

    assert desk.get(f"/emr/patients/{patient.id}/entries/new/{entry_id}").location.endswith(
        f"/entries/{entry_id}"
    )


@pytest.fixture
def forgotten(as_actor, as_administrator, doctor, patient) -> UUID:
    """A draft whose author never came back."""
    draft_id = new_id()
    with as_actor(doctor.actor) as session:
        save_draft(session, patient.id, draft_id, typed())
    with as_administrator() as connection:
        over = Draft.updated_at - DRAFT_KEPT_FOR - timedelta(minutes=1)
        connection.execute(update(Draft).where(Draft.id == draft_id).values(updated_at=over))
    return draft_id


def _stands(as_administrator, draft_id) -> bool:
    with as_administrator() as connection:
        return connection.scalar(select(Draft.id).where(Draft.id == draft_id)) is not None


def test_the_worker_removes_what_its_author_never_came_back_to_and_nothing_else(
    as_worker, as_administrator, kept, forgotten
):
    with as_worker() as session:
        assert sweep_drafts(session) >= 1

    assert not _stands(as_administrator, forgotten)
    assert _stands(as_administrator, kept)


def test_the_worker_can_neither_read_a_text_nor_remove_one_that_may_be_wanted(
    as_worker, as_administrator, kept
):
    with as_worker() as session:
        session.connection().execute(delete(Draft))
    with pytest.raises(ProgrammingError, match="permission denied"), as_worker() as session:
        session.execute(select(Draft.content))

    assert _stands(as_administrator, kept)


def test_the_worker_of_the_service_sweeps_drafts(app):
    assert sweep_drafts in app.extensions["chores"]


def test_whoever_types_is_told_how_long_it_is_kept(desk, patient):
    page = desk.get(f"/emr/patients/{patient.id}/entries/new", follow_redirects=True)

    assert f"What you type is kept for {DRAFT_KEPT_FOR.days} days, and goes then." in page.text


@pytest.mark.parametrize(
    "changed",
    [{"a\x00b": "text"}, {"draft_version": str(2**31 - 1)}, {"draft_version": str(2**63)}],
    ids=["a name with NUL", "no version follows", "no number"],
)
def test_what_no_table_could_hold_is_refused_in_words(desk, patient, changed):
    page = desk.get(f"/emr/patients/{patient.id}/entries/new", follow_redirects=True)

    answer = keep(desk, patient, page, **changed)

    assert answer.status_code == 422


@pytest.mark.parametrize("kind", ["entries", "referrals"])
def test_an_empty_identity_is_refused_in_words(desk, patient, kind):
    page = desk.get(f"/emr/patients/{patient.id}/{kind}/new", follow_redirects=True)

    answer = desk.post(
        f"/emr/patients/{patient.id}/{kind}", data={**hidden_fields(page), **TYPED, "draft_id": ""}
    )

    assert answer.status_code == 422


def _ended(client_for, doctor):
    """A browser whose session has ended, with the page of a form that it opened before."""
    browser = client_for(doctor.actor)
    browser.set_cookie("language", "en")
    return browser


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
    browser = _ended(client_for, doctor)
    page = browser.get(page_at.format(patient=patient.id, entry=entry), follow_redirects=True)
    kept = keep(browser, patient, page, **{field: "Первые слова"}).json
    browser.set_cookie("desk_session", "a-session-of-yesterday")
    words = {field: "Первые слова\tи  последние", "draft_version": str(kept["version"])}
    form = filled(page, **{**TYPED, **words})
    return page, browser.post(sent_to.format(patient=patient.id, entry=entry), data=form), browser


def test_a_form_sent_after_the_session_s_end_comes_back(sent_too_late, desk):
    page, answer, browser = sent_too_late

    assert (answer.status_code, "why=kept" in answer.location) == (303, True)
    assert "What you typed is kept for you alone" in browser.get(answer.location).text
    assert _asked_for(answer) == page.request.path
    assert "Первые слова\tи  последние" in desk.get(_asked_for(answer)).text


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


def test_every_draft_that_is_kept_is_listed():
    assert MOST_DRAFTS < MOST_DRAFTS_WITH_UNSENT


def test_what_is_typed_on_beside_a_saved_version_is_kept(desk, patient, as_actor, doctor):
    entry_id = signed_note(as_actor, doctor, patient.id)
    address = f"/emr/entries/{entry_id}"
    first = desk.get(f"{address}/edit")
    version = keep(desk, patient, first, reason="Опечатка").json["version"]
    second = filled(first, **{**TYPED, "plan": "Второе"}, reason="Опечатка", draft_version=str(version))
    assert desk.post(address, data=second).status_code == 303

    overtaken = desk.post(address, data={**second, "plan": "Первое", "idempotency_key": "other"})
    kept = keep(desk, patient, overtaken, plan="Первое и дальше")

    assert (overtaken.status_code, kept.status_code) == (412, 200)
    assert "data-unsaved" in overtaken.text
    assert "data-unsaved" not in first.text
