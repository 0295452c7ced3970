"""The patient reads who treats them in person; a parent to whom labels are closed does not, whether anybody does or not."""

import pytest

from emr.teams.actions import take_into_team
from emr.teams.queries import own_team
from foundation.clock import today
from identity.access.enumerations import Scope
from identity.delegations.enumerations import DelegationKind
from tests.emr.notes.factories import signed_note
from tests.emr.sensitivity.test_labels import SAD
from tests.identity.delegations.acting import Acting
from tests.pages import read

PAGE = "/my/team"


@pytest.fixture
def doctor(people):
    return people.doctor()


@pytest.fixture
def colleague(people, doctor):
    return people.doctor(facility_id=doctor.facility_id)


@pytest.fixture
def acting(people, client_for, as_loader, as_administrator) -> Acting:
    return Acting(people, client_for, as_loader, as_administrator)


@pytest.fixture
def treated(as_actor, doctor, colleague, people):
    """`treated(**who)`: somebody with an entry for the team alone, and a colleague in the team."""

    def made(**who):
        patient = people.patient(cared_for_at=doctor.facility_id, **who)
        signed_note(as_actor, doctor, patient.id, **SAD)
        with as_actor(doctor.actor) as session:
            take_into_team(session, patient.id, colleague.id)
        return patient

    return made


def members(session):
    return [each.card.id for each in own_team(session).members]


def test_the_patient_reads_by_name_who_treats_them_where_and_since_when(acting, treated, walls):
    browser = acting.browser_of(treated())

    page = read(browser.get(PAGE))

    assert "Doktorov" in page
    assert "Polyclinic of the test" in page
    assert "Since" in page
    assert PAGE in browser.get("/my/access").text
    assert "It was looked at who treats you" in read(browser.get("/my/access?whose=own"))


def test_nobody_is_said_to_be_nobody(acting, people):
    assert "Nobody is in your treating team by name." in read(acting.browser_of(people.patient()).get(PAGE))


def test_nobody_reads_another_s(acting, people, treated, as_actor, doctor, walls):
    treated()
    with as_actor(people.patient().actor) as session:
        assert members(session) == []
    with as_actor(doctor.actor) as session:
        assert members(session) == []


def test_whoever_acts_by_a_grant_of_everything_reads_it_and_by_a_part_does_not(acting, people, treated):
    patient = treated()
    whole, part = people.patient(), people.patient()
    by_whole = acting.acting(whole, acting.let(whole, patient))
    by_part = acting.acting(part, acting.let(part, patient, scopes=(Scope.RECORD,)))

    assert "Doktorov" in read(by_whole.get(PAGE))
    assert by_part.get(PAGE).status_code == 403


@pytest.mark.parametrize("is_treated", [True, False])
def test_a_parent_of_a_child_that_decides_alone_is_told_nothing(acting, people, treated, doctor, is_treated):
    born = {"birth_date": today().replace(year=today().year - 16, day=1)}
    child = treated(**born) if is_treated else people.patient(cared_for_at=doctor.facility_id, **born)
    mother = people.patient()
    browser = acting.acting(mother, acting.let(mother, child, kind=DelegationKind.PARENT, ends_at=None))

    page = read(browser.get(PAGE))

    assert "is not shown to parents" in page
    assert "Doktorov" not in page
