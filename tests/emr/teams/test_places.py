"""A place in the treating team lasts no longer than what its facility cares for the patient by besides."""

import io
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import ProgrammingError

from emr.summaries.tables import EntrySummary
from emr.teams.actions import take_into_team
from foundation.clock import now
from foundation.errors import NotFound, RuleBroken
from identity.access import queries as access
from identity.access.actions import begin_care
from identity.access.enumerations import CareBasis, Thing
from identity.access.tables import CareRelation
from identity.closures.actions import close_record
from identity.closures.queries import own_closures
from portal.access_log.enumerations import AccessLogFilter
from portal.access_log.queries import AccessWanted, access_log_of
from tests.emr.notes.factories import signed_note
from tests.emr.sensitivity.test_labels import treats
from tests.emr.teams.test_teams import SAD, colleague, labelled, sees, settle
from tests.identity.emergencies.factories import open_record

__all__ = ["colleague", "labelled"]


@pytest.fixture
def other_care(as_loader, doctor, patient):
    """`other_care(ends)`: from now on the facility's own care of the patient ends then."""

    def ends(moment):
        with as_loader() as session:
            session.execute(
                update(CareRelation)
                .where(
                    CareRelation.patient_id == patient.id,
                    CareRelation.facility_id == doctor.facility_id,
                    CareRelation.staff_id.is_(None),
                )
                .values(ends_at=moment)
            )

    return ends


@pytest.fixture
def place(as_administrator, patient, colleague):
    """Until when the colleague is in the team."""

    def ends_at():
        asked = select(CareRelation.ends_at).where(
            CareRelation.patient_id == patient.id,
            CareRelation.staff_id == colleague.id,
            CareRelation.basis == CareBasis.TEAM,
        )
        with as_administrator() as connection:
            return connection.execute(asked).scalar_one()

    return ends_at


@pytest.fixture
def in_team(as_actor, doctor, patient, colleague, labelled):
    with as_actor(doctor.actor) as session:
        take_into_team(session, patient.id, colleague.id)


def lines(as_actor, reader, patient):
    """How many lines of the record somebody is shown."""
    with as_actor(reader.actor) as session:
        asked = select(func.count()).select_from(EntrySummary)
        open_to = access.readable_by(session, Thing.ENTRIES, EntrySummary.patient_id)
        return session.scalar(asked.where(EntrySummary.patient_id == patient.id, open_to))


def test_when_other_care_ends_the_place_does_and_nobody_is_taken_in_by_it(
    as_actor, people, doctor, colleague, patient, labelled, in_team, other_care, walled
):
    further = people.doctor(facility_id=doctor.facility_id)
    plain = signed_note(as_actor, doctor, patient.id)
    assert sees(as_actor, colleague, labelled)

    other_care(now())
    walled()

    assert (sees(as_actor, colleague, labelled), sees(as_actor, colleague, plain)) == (False, False)
    assert lines(as_actor, colleague, patient) == 0
    with pytest.raises(NotFound), as_actor(colleague.actor) as session:
        take_into_team(session, patient.id, further.id)
    for who in (colleague, doctor):
        with pytest.raises(ProgrammingError):
            settle(as_actor, who, patient, further, begins=True)


def test_when_other_care_is_over_by_itself_the_place_is_too(
    as_actor, colleague, patient, labelled, in_team, other_care, walled
):
    other_care(now() + timedelta(seconds=3))
    assert sees(as_actor, colleague, labelled)
    time.sleep(3.5)
    walled()

    assert not sees(as_actor, colleague, labelled)
    assert lines(as_actor, colleague, patient) == 0


def test_a_place_follows_care_that_is_lengthened_and_not_care_that_begins_anew(
    as_actor, colleague, patient, labelled, in_team, other_care, place
):
    ninety = now() + timedelta(days=90)
    other_care(ninety)
    assert place() == ninety
    other_care(ninety + timedelta(days=90))
    assert place() == ninety + timedelta(days=90)

    other_care(now())
    other_care(ninety)

    assert not sees(as_actor, colleague, labelled)


@pytest.mark.parametrize("beside", ["nothing", "emergency"])
def test_a_place_beside_no_other_care_opens_nothing(
    as_actor, as_loader, people, patient, labelled, walled, beside
):
    stranger = people.doctor()
    if beside == "emergency":
        rescuer = people.doctor(facility_id=stranger.facility_id)
        with as_actor(rescuer.actor) as session:
            open_record(session, patient)
    treats(as_loader, patient, stranger)
    walled()

    assert not sees(as_actor, stranger, labelled)
    assert lines(as_actor, stranger, patient) == 0


def test_care_that_ends_while_somebody_is_taken_in_takes_the_place_with_it(
    engines, as_actor, doctor, colleague, patient, labelled, place
):
    """The end is not committed yet: whoever is taken in waits for it, and is in the team no longer than that."""
    ending = text(
        "UPDATE identity.care_relation SET ends_at = now() WHERE patient_id = :id AND staff_id IS NULL"
    )
    with engines["administrator"].connect() as ender:
        ender.execute(ending, {"id": patient.id})
        with ThreadPoolExecutor(1) as pool:
            taken = pool.submit(settle, as_actor, doctor, patient, colleague, begins=True)
            time.sleep(1)
            assert not taken.done()
            ender.commit()
            taken.result(10)

    assert place() <= now()
    assert not sees(as_actor, colleague, labelled)


def test_the_patient_reads_who_treats_them_in_person_and_why_an_access_was_allowed(
    as_actor, client_for, people, doctor, colleague, patient, labelled, in_team, walled
):
    beside = people.doctor(facility_id=doctor.facility_id)
    browser = client_for(patient.actor)
    for reader in (colleague, beside):
        client_for(reader.actor).get(f"/emr/patients/{patient.id}")
    walled()

    with as_actor(patient.actor) as session:
        log = access_log_of(session, AccessWanted(shown=AccessLogFilter.EVERYONE))
        lines = own_closures(session).lines
    behind = {
        reader.id: {
            basis for act in log.acts if act.staff_id == reader.id for basis in log.care_behind([act])
        }
        for reader in (colleague, beside)
    }
    with browser.get("/my/copy.zip") as answer, zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        care = archive.read("identity.care_relation.csv").decode("utf-8-sig")

    assert behind == {
        colleague.id: {CareBasis.ATTACHMENT, CareBasis.TEAM},
        beside.id: {CareBasis.ATTACHMENT},
    }
    assert [(each.facility.id, list(each.bases)) for each in lines] == [
        (doctor.facility_id, [CareBasis.ATTACHMENT, CareBasis.TEAM])
    ]
    assert str(colleague.id) in care


def test_a_clinic_that_nobody_sees_the_record_by_is_not_listed(
    as_actor, patient, in_team, other_care, walled
):
    other_care(now())
    walled()

    with as_actor(patient.actor) as session:
        assert own_closures(session).lines == []


def test_who_cannot_be_taken_in_is_not_said_to_be(as_actor, as_loader, people, patient):
    """The patient closed the record to the clinic, and a referral opens it: care of one person there stays closed."""
    place = people.facility()
    author, member = people.doctor(facility_id=place), people.doctor(facility_id=place)
    with as_loader() as session:
        begin_care(session, patient_id=patient.id, facility_id=place, basis=CareBasis.IMPORT)
    entry_id = signed_note(as_actor, author, patient.id, **SAD)
    with as_actor(patient.actor) as session:
        close_record(session, place)
    with as_loader() as session:
        begin_care(session, patient_id=patient.id, facility_id=place, basis=CareBasis.REFERRAL)

    with pytest.raises(RuleBroken), as_actor(author.actor) as session:
        take_into_team(session, patient.id, member.id)

    assert not sees(as_actor, member, entry_id)
    with as_actor(patient.actor) as session:
        log = access_log_of(session, AccessWanted(shown=AccessLogFilter.EVERYONE))
    assert "team.begun" not in {each.act for each in log.acts}
