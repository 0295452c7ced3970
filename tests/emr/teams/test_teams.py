"""Who treats a patient is taken into the team by those who are in it, or by whoever wrote what is labelled; nobody else hears of it."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import ProgrammingError

from emr.details.queries.entries import entry_to_read
from emr.teams.actions import end_in_team, open_team, take_into_team
from emr.teams.queries import team_to_change
from foundation.errors import NotFound, RuleBroken
from identity.roles import Role
from portal.access_log.enumerations import AccessLogFilter
from portal.access_log.queries import acts_on
from tests.emr.notes.factories import signed_note
from tests.identity.emergencies.factories import open_record
from tests.pages import filled, read

SAD = {"diagnosis_code": "F32.1", "diagnosis": "Депрессивный эпизод"}


@pytest.fixture
def colleague(people, doctor):
    return people.doctor(facility_id=doctor.facility_id)


@pytest.fixture
def labelled(as_actor, doctor, patient):
    return signed_note(as_actor, doctor, patient.id, **SAD)


def sees(as_actor, reader, entry_id):
    with as_actor(reader.actor) as session:
        try:
            return entry_to_read(session, entry_id).entry_id == entry_id
        except NotFound:
            return False


def members(as_actor, reader, patient):
    with as_actor(reader.actor) as session:
        return {each.card.id for each in team_to_change(session, patient.id).members}


def settle(as_actor, who, patient, member, *, begins):
    """What the database says, whatever the application would."""
    with as_actor(who.actor) as session:
        return session.scalar(select(func.identity.settle_team(patient.id, member.id, begins, uuid4())))


def test_whom_the_author_takes_into_the_team_sees_the_entry_until_they_leave(
    as_actor, doctor, colleague, patient, labelled, walled
):
    with as_actor(doctor.actor) as session:
        take_into_team(session, patient.id, colleague.id)
    walled()
    assert sees(as_actor, colleague, labelled)
    assert members(as_actor, colleague, patient) == {colleague.id}

    with as_actor(colleague.actor) as session:
        end_in_team(session, patient.id, colleague.id)

    assert not sees(as_actor, colleague, labelled)


def test_a_member_takes_in_others_and_leaves(as_actor, people, doctor, colleague, patient, labelled):
    nurse = people.staff(Role.NURSE, facility_id=doctor.facility_id)
    with as_actor(doctor.actor) as session:
        take_into_team(session, patient.id, colleague.id)
    with as_actor(colleague.actor) as session:
        take_into_team(session, patient.id, nurse.id)
        end_in_team(session, patient.id, colleague.id)

    assert sees(as_actor, nurse, labelled)
    assert members(as_actor, nurse, patient) == {nurse.id}
    assert not sees(as_actor, colleague, labelled)


def test_nobody_takes_themself_in(as_actor, colleague, patient, labelled):
    with pytest.raises(RuleBroken), as_actor(colleague.actor) as session:
        take_into_team(session, patient.id, colleague.id)
    with pytest.raises(ProgrammingError):
        settle(as_actor, colleague, patient, colleague, begins=True)

    assert not sees(as_actor, colleague, labelled)


def test_the_author_takes_in_others_and_never_themself(as_actor, doctor, colleague, patient, labelled):
    with as_actor(doctor.actor) as session:
        offered = {each.id for each in team_to_change(session, patient.id).colleagues}
    assert colleague.id in offered
    assert doctor.id not in offered
    with pytest.raises(RuleBroken), as_actor(doctor.actor) as session:
        take_into_team(session, patient.id, doctor.id)
    with pytest.raises(ProgrammingError):
        settle(as_actor, doctor, patient, doctor, begins=True)

    assert members(as_actor, doctor, patient) == set()


def test_the_author_ends_nobodys_place(as_actor, desk, doctor, colleague, patient, labelled):
    with as_actor(doctor.actor) as session:
        take_into_team(session, patient.id, colleague.id)

    assert "end-member" not in desk.get(f"/emr/patients/{patient.id}/team").text
    with pytest.raises(RuleBroken), as_actor(doctor.actor) as session:
        end_in_team(session, patient.id, colleague.id)
    with pytest.raises(ProgrammingError):
        settle(as_actor, doctor, patient, colleague, begins=False)
    assert members(as_actor, doctor, patient) == {colleague.id}


def test_in_an_emergency_nobody_is_taken_in(as_actor, people, patient):
    place = people.facility()
    rescuer, colleague = people.doctor(facility_id=place), people.doctor(facility_id=place)
    with as_actor(rescuer.actor) as session:
        open_record(session, patient)
    entry_id = signed_note(as_actor, rescuer, patient.id, **SAD)
    assert sees(as_actor, rescuer, entry_id)

    with pytest.raises(RuleBroken), as_actor(rescuer.actor) as session:
        take_into_team(session, patient.id, colleague.id)
    for member in (rescuer, colleague):
        with pytest.raises(ProgrammingError):
            settle(as_actor, rescuer, patient, member, begins=True)

    assert not sees(as_actor, colleague, entry_id)


def test_whoever_wrote_nothing_that_is_labelled_changes_nothing(
    as_actor, doctor, colleague, patient, labelled
):
    signed_note(as_actor, colleague, patient.id)

    with pytest.raises(RuleBroken), as_actor(colleague.actor) as session:
        take_into_team(session, patient.id, colleague.id)


@pytest.mark.parametrize("who", ["elsewhere", "registrar"])
def test_nobody_is_taken_in_who_treats_elsewhere_or_nobody(as_actor, people, doctor, patient, labelled, who):
    stranger = (
        people.doctor()
        if who == "elsewhere"
        else people.staff(Role.REGISTRAR, facility_id=doctor.facility_id)
    )

    with pytest.raises(RuleBroken), as_actor(doctor.actor) as session:
        take_into_team(session, patient.id, stranger.id)
    with pytest.raises(ProgrammingError):
        settle(as_actor, doctor, patient, stranger, begins=True)


def test_to_others_the_page_is_the_same_whether_or_not_there_is_a_team(
    as_actor, client_for, doctor, colleague, patient, people
):
    browser = client_for(people.doctor(facility_id=doctor.facility_id).actor)
    browser.set_cookie("language", "en")
    before = read(browser.get(f"/emr/patients/{patient.id}/team"))
    signed_note(as_actor, doctor, patient.id, **SAD)
    with as_actor(doctor.actor) as session:
        take_into_team(session, patient.id, colleague.id)

    assert read(browser.get(f"/emr/patients/{patient.id}/team")) == before
    assert "is told to its members alone" in before


def test_a_patient_of_nobody_here_is_as_one_who_is_not(client_for, people, patient):
    stranger = client_for(people.doctor().actor)

    foreign, absent = (stranger.get(f"/emr/patients/{each}/team") for each in (patient.id, uuid4()))
    assert (foreign.status_code, absent.status_code) == (404, 404)


def test_on_the_page_a_colleague_is_taken_in_and_leaves_and_the_patient_reads_of_it(
    as_actor, desk, doctor, colleague, patient, labelled, client_for
):
    address = f"/emr/patients/{patient.id}/team"
    page = desk.get(address)
    answer = desk.post(address, data=filled(page, member=str(colleague.id)), follow_redirects=True)
    assert "The colleague is in the team now." in read(answer)
    with as_actor(doctor.actor) as session:
        (member,) = team_to_change(session, patient.id).members
    # To who reads in English names are in Latin letters, in the list and where they are chosen.
    assert member.card.full_name.latin in read(page)
    assert member.card.full_name.latin in read(answer)
    assert str(member.card.full_name) not in read(page) + read(answer)
    assert sees(as_actor, colleague, labelled)

    member = client_for(colleague.actor)
    member.set_cookie("language", "en")
    ending = {**filled(member.get(address)), "end-member": str(colleague.id)}
    assert "in the team no more" in read(member.post(f"{address}-end", data=ending, follow_redirects=True))

    with as_actor(patient.actor) as session:
        acts = acts_on(session, shown=AccessLogFilter.OTHERS, limit=20)
    told = {each.act: each for each in acts}
    assert {"team.begun", "team.ended", "team.shown"} <= set(told)
    assert told["team.begun"].object_id == colleague.id
    home = client_for(patient.actor)
    home.set_cookie("language", "en")
    assert "Somebody was taken into your treating team" in read(home.get("/my/access?shown=everyone"))


def test_the_team_is_told_to_its_patient(as_actor, doctor, colleague, patient, labelled, people):
    with as_actor(doctor.actor) as session:
        take_into_team(session, patient.id, colleague.id)
    told = select(func.identity.team_of(patient.id).table_valued("staff_id").c.staff_id)

    with as_actor(patient.actor) as session:
        assert list(session.scalars(told)) == [colleague.id]
    with as_actor(people.patient().actor) as session:
        assert list(session.scalars(told)) == []


def test_looking_at_the_page_is_written_down(as_actor, doctor, patient):
    with as_actor(doctor.actor) as session:
        open_team(session, patient.id)
    with as_actor(patient.actor) as session:
        acts = acts_on(session, shown=AccessLogFilter.OTHERS, limit=20)

    assert "team.shown" in {each.act for each in acts}
