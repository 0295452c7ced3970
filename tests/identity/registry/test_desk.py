"""The registrar's desk: who waits in the facility's care, and looking somebody up by a whole identity."""

from datetime import date

import pytest
from sqlalchemy import select

from foundation.audit import AuditEvent
from identity.patients.queries.identities import WholeIdentity
from identity.patients.tables import Patient
from identity.registry.actions import look_up_identity, open_registry
from tests.identity.journeys import ENGLISH
from tests.pages import filled, read


@pytest.fixture
def registrar(people):
    return people.registrar()


def found(as_actor, who, **asked):
    with as_actor(who.actor) as session:
        return [each.id for each in look_up_identity(session, WholeIdentity(**asked))]


def test_provisional_patients_in_care_wait_and_each_sees_that_they_were_listed(
    as_actor, people, registrar, walled
):
    own = people.patient(cared_for_at=registrar.facility_id, provisional=True)
    people.patient(cared_for_at=people.facility(), provisional=True)
    people.patient(cared_for_at=registrar.facility_id)

    walled()
    with as_actor(registrar.actor) as session:
        desk = open_registry(session)

    assert [each.id for each in desk.provisional] == [own.id]
    with as_actor(own.actor) as session:
        acts = session.scalars(select(AuditEvent.act).where(AuditEvent.patient_id == own.id)).all()
    assert "patients.provisional_listed" in acts


def test_a_whole_snils_finds_whom_the_facility_cares_for(as_actor, people, registrar, walled):
    own = people.patient(cared_for_at=registrar.facility_id)
    other = people.patient(cared_for_at=people.facility())

    walled()
    assert found(as_actor, registrar, snils=own.snils) == [own.id]
    assert found(as_actor, registrar, snils=other.snils) == []


def test_a_whole_name_with_the_day_of_birth_finds_and_less_finds_nobody(as_actor, people, registrar):
    own = people.patient(
        cared_for_at=registrar.facility_id, family_name="Целикова", birth_date=date(1970, 1, 2)
    )
    whole = {"family_name": "целикова", "given_name": "Анна", "born_on": date(1970, 1, 2)}

    assert found(as_actor, registrar, **whole) == [own.id]
    assert found(as_actor, registrar, **whole, middle_name="Петровна") == [own.id]
    assert found(as_actor, registrar, **{**whole, "given_name": "Анн"}) == []
    assert found(as_actor, registrar, **{**whole, "born_on": date(1970, 1, 3)}) == []
    assert found(as_actor, registrar, **whole, middle_name="Ильинична") == []


def test_twins_are_found_by_their_own_given_name_alone(as_actor, people, registrar):
    twins = [
        people.patient(
            cared_for_at=registrar.facility_id,
            family_name="Двойнева",
            given_name=each,
            birth_date=date(2019, 4, 5),
        )
        for each in ("Вера", "Вероника")
    ]

    asked = {"family_name": "Двойнева", "given_name": "Вера", "born_on": date(2019, 4, 5)}
    assert found(as_actor, registrar, **asked) == [twins[0].id]


def test_the_search_on_the_page(people, registrar, client_for):
    own = people.patient(cared_for_at=registrar.facility_id)
    browser = client_for(registrar.actor)
    desk = browser.get("/registry", headers=ENGLISH)

    answer = browser.post("/registry/searches", data=filled(desk, snils=own.snils))
    shown = read(browser.get(answer.location, headers=ENGLISH))

    assert own.snils not in answer.location
    assert "1 patient found" in shown


@pytest.mark.parametrize(
    "typed",
    [
        {"snils": "123"},
        {"snils": "11223344596"},
        {"family_name": "Целикова", "given_name": "Анна"},
        {"family_name": "Целикова", "born_on": "1970-01-02"},
        {},
    ],
)
def test_less_than_a_whole_identity_is_not_looked_up(registrar, client_for, typed):
    browser = client_for(registrar.actor)
    desk = browser.get("/registry", headers=ENGLISH)

    answer = browser.post("/registry/searches", data=filled(desk, **typed), headers=ENGLISH)

    assert answer.status_code == 422
    assert "There is a problem" in answer.text


def test_another_registrar_s_search_is_nobody_s(people, registrar, client_for):
    browser = client_for(registrar.actor)
    desk = browser.get("/registry")
    address = browser.post("/registry/searches", data=filled(desk, snils=people.patient().snils)).location

    assert client_for(people.registrar().actor).get(address).status_code == 404
    assert browser.get("/registry/searches/forged").status_code == 404


def test_the_desk_is_for_registrars_alone(people, client, client_for, registrar):
    doctor = people.doctor(facility_id=registrar.facility_id)

    assert client_for(doctor.actor).get("/registry").status_code == 403
    assert client.get("/registry").status_code == 303


def test_a_registrar_reads_no_record(people, registrar, client_for):
    own = people.patient(cared_for_at=registrar.facility_id)
    browser = client_for(registrar.actor)

    assert browser.get(f"/emr/patients/{own.id}").status_code == 403
    assert browser.get("/dispatch").status_code == 403


def test_row_security_shows_a_registrar_patients_in_care_alone(as_actor, people, registrar):
    own = people.patient(cared_for_at=registrar.facility_id)
    other = people.patient(cared_for_at=people.facility())
    asked = select(Patient.id).where(Patient.id.in_([own.id, other.id]))

    with as_actor(registrar.actor) as session:
        assert session.scalars(asked).all() == [own.id]


def test_the_control_with_both_walls_off_the_page_shows_whom_another_facility_cares_for(
    people, registrar, client_for, application_wall_off, row_security_off
):
    other = people.patient(cared_for_at=people.facility(), family_name="Чужакова")
    browser = client_for(registrar.actor)
    desk = browser.get("/registry", headers=ENGLISH)

    address = browser.post("/registry/searches", data=filled(desk, snils=other.snils)).location

    assert "Чужакова" in browser.get(address, headers=ENGLISH).text
