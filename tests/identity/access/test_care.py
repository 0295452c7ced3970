"""The one function by which care by referral begins, moves and ends: who may call it with effect, and how far."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from foundation.actor import Actor
from foundation.clock import now
from identity.access.actions import end_care_by_referral, grant_care_by_referral

FOR_GOOD = datetime.max.replace(tzinfo=UTC)


NOT_ALLOWED = "not the actor's"


def refused(words=NOT_ALLOWED):
    return pytest.raises(DBAPIError, match=words)


@pytest.fixture
def care(people, as_actor, as_administrator):
    return Care(people, as_actor, as_administrator)


class Care:
    """A patient attached to a polyclinic and referred to the Center, which let a hospital treat them."""

    def __init__(self, people, as_actor, as_administrator):
        self.people, self.as_actor, self.as_administrator = people, as_actor, as_administrator
        self.doctor, self.dispatcher = people.doctor(), people.dispatcher()
        self.treating = people.doctor()
        self.patient = people.patient(cared_for_at=self.doctor.facility_id)
        self.until = now() + timedelta(days=90)
        self.refers(self.doctor.actor, self.dispatcher.facility_id)
        self.refers(self.dispatcher.actor, self.treating.facility_id, self.until)

    def refers(self, actor, facility_id, until=None):
        with self.as_actor(actor) as session:
            grant_care_by_referral(session, patient_id=self.patient.id, facility_id=facility_id, until=until)

    def ends(self, actor, facility_id):
        with self.as_actor(actor) as session:
            end_care_by_referral(session, patient_id=self.patient.id, facility_id=facility_id)

    def of(self, facility_id, basis="referral"):
        """Until when."""
        with self.as_administrator() as connection:
            return connection.execute(
                text(
                    "SELECT ends_at FROM identity.care_relation "
                    "WHERE patient_id = :patient AND facility_id = :facility AND basis = :basis"
                ),
                {"patient": self.patient.id, "facility": facility_id, "basis": basis},
            ).scalar()


def test_a_dispatcher_begins_moves_and_ends_care(care):
    hospital, longer = care.treating.facility_id, care.until + timedelta(days=5)
    assert care.of(hospital) == care.until

    care.refers(care.dispatcher.actor, hospital, longer)
    assert care.of(hospital) == longer
    care.ends(care.dispatcher.actor, hospital)

    assert care.of(hospital) <= now()


def test_an_end_that_has_passed_is_not_moved_by_ending_once_more(care):
    hospital = care.treating.facility_id
    care.ends(care.dispatcher.actor, hospital)
    ended = care.of(hospital)

    care.ends(care.dispatcher.actor, hospital)

    assert care.of(hospital) == ended


def test_ending_care_that_never_was_begins_none(care):
    elsewhere = care.people.facility()

    care.ends(care.dispatcher.actor, elsewhere)

    assert care.of(elsewhere) is None


def test_a_doctor_lets_the_center_in_again_and_lets_its_care_run_out_but_does_not_end_it(care):
    center = care.dispatcher.facility_id
    care.refers(care.doctor.actor, center, care.until)
    assert care.of(center) == care.until

    care.refers(care.doctor.actor, center)
    assert care.of(center) == FOR_GOOD
    with refused():
        care.ends(care.doctor.actor, center)

    assert care.of(center) == FOR_GOOD


def test_the_treating_doctor_shortens_and_ends_the_own_facility_s_care_and_never_lengthens_it(care):
    hospital, shorter = care.treating.facility_id, care.until - timedelta(days=5)
    for until in (care.until + timedelta(seconds=1), None):
        with refused():
            care.refers(care.treating.actor, hospital, until)

    care.refers(care.treating.actor, hospital, shorter)
    assert care.of(hospital) == shorter
    care.ends(care.treating.actor, hospital)

    assert care.of(hospital) <= now()
    with refused():
        care.refers(care.treating.actor, hospital, shorter)


def test_a_doctor_does_nothing_to_the_care_of_another_facility(care):
    hospital = care.treating.facility_id

    for act in (
        lambda: care.ends(care.doctor.actor, hospital),
        lambda: care.refers(care.doctor.actor, hospital, care.until),
        lambda: care.refers(care.treating.actor, care.doctor.facility_id),
        lambda: care.refers(care.doctor.actor, care.people.facility(), care.until),
    ):
        with refused():
            act()

    assert care.of(hospital) == care.until


@pytest.mark.parametrize("whose", ["stranger", "foreign dispatcher", "patient", "nobody", "system"])
def test_nobody_else_changes_anything(care, whose):
    people = care.people
    actor = {
        "stranger": lambda: people.doctor().actor,
        "foreign dispatcher": lambda: people.dispatcher(facility_id=people.facility()).actor,
        "patient": lambda: care.patient.actor,
        "nobody": Actor.anonymous,
        "system": lambda: Actor.system("dispatcher"),
    }[whose]()
    center, hospital = care.dispatcher.facility_id, care.treating.facility_id

    # A process of our own asks no function: what it may change of care, the worker alone may.
    words = "permission denied" if whose == "system" else NOT_ALLOWED
    for facility_id in (center, hospital):
        with refused(words):
            care.ends(actor, facility_id)
        with refused(words):
            care.refers(actor, facility_id, care.until + timedelta(days=1))

    assert (care.of(center), care.of(hospital)) == (FOR_GOOD, care.until)


def test_whose_facility_s_care_has_ended_opens_it_no_more(care):
    center = care.dispatcher.facility_id
    care.ends(care.dispatcher.actor, center)

    with refused():
        care.refers(care.dispatcher.actor, center)


def test_attachment_is_out_of_reach(care):
    home = care.doctor.facility_id

    care.ends(care.doctor.actor, home)
    care.ends(care.dispatcher.actor, home)
    care.refers(care.dispatcher.actor, home, care.until)

    assert care.of(home, "attachment") == FOR_GOOD


@pytest.mark.parametrize("column", ["facility_id", "basis", "staff_id", "id"])
def test_the_doorkeeper_changes_whose_care_is_and_its_time_and_nothing_else_of_it(
    care, as_administrator, column
):
    allowed = text("UPDATE identity.care_relation SET ends_at = ends_at, patient_id = patient_id")
    with as_administrator() as connection:
        connection.execute(text("SET LOCAL ROLE center_doorkeeper"))
        connection.execute(allowed)

        with refused("permission denied"):
            connection.execute(text(f"UPDATE identity.care_relation SET {column} = {column}"))
