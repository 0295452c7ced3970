"""What is typed is kept before it is saved: for its author alone, once, and until it is saved or discarded."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import ProgrammingError

from emr.drafts.actions import discard_draft, save_draft, sweep_drafts
from emr.drafts.queries import kept_draft, own_drafts
from emr.drafts.rules import DRAFT_KEPT_FOR
from emr.drafts.tables import Draft
from foundation.audit import AuditEvent
from foundation.errors import NotFound, Stale
from foundation.identifiers import new_id
from tests.emr.drafts.factories import SECRET, keep, typed
from tests.emr.notes.factories import TYPED, signed_note, typed_note
from tests.pages import filled, hidden_fields


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

    saved = desk.post(f"/emr/patients/{patient.id}/entries", data=filled(page, **TYPED))
    again = desk.post(
        f"/emr/patients/{patient.id}/entries", data=filled(page, **TYPED, idempotency_key="again")
    )

    assert (saved.status_code, str(foreign) in saved.location) == (303, False)
    assert again.location == saved.location


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
