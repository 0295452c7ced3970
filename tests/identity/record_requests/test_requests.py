"""Whoever signed in and was not found asks for their record, and only the registrars they chose read who it is."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from foundation.actor import Actor, ActorKind
from foundation.clock import now
from foundation.identifiers import new_id
from identity.record_requests.actions import ask_for_record, sweep_record_requests
from identity.record_requests.rules import PAGE_GOOD_FOR, REQUEST_KEPT_FOR, ProvenPerson
from identity.record_requests.tables import RecordRequest
from identity.record_requests.tickets import opened_from_page, sealed_for_page
from identity.registry.queries import registry_desk
from identity.sessions.actions.accounts import account_for
from tests.identity.journeys import ENGLISH
from tests.identity.provider_process import leave_for, show_card
from tests.pages import filled, read
from tests.people import new_snils

PERSON = ProvenPerson("https://eid", "one", 3, "", "", None, "Заявкина", "Вера", "")


@pytest.fixture
def refused(client, provider):
    """The page of somebody with a card who is not in the register."""

    def page(**changes):
        card = provider.know(
            sub=f"sub-{new_id()}", **{"snils": new_snils(), "birth_date": "1971-02-03", **changes}
        )
        answer = client.get(show_card(leave_for(client, "/sign-in/demo"), card), headers=ENGLISH)
        assert answer.status_code == 403
        return answer

    return page


@pytest.fixture
def asked(as_actor, app):
    """A request made at a facility; who asked."""

    def made(facility_id, person=PERSON):
        subject = str(new_id())
        with as_actor(Actor.anonymous()) as session:
            account_id = account_for(session, issuer="https://test", subject=subject)
        actor = Actor(ActorKind.CITIZEN, account_id=account_id, role="patient")
        with as_actor(actor) as session:
            ask_for_record(session, person, facility_id=facility_id)
        return actor

    return made


def waiting(as_actor, registrar):
    with as_actor(registrar.actor) as session:
        return registry_desk(session).requests


def test_who_was_not_found_asks_and_the_registrar_sees_who_it_is(
    client, people, refused, as_actor, client_for
):
    registrar = people.registrar()
    snils = new_snils()
    page = refused(snils=snils)

    answer = client.post(
        "/record-requests", data=filled(page, facility=str(registrar.facility_id)), follow_redirects=True
    )

    assert (answer.status_code, "/record-requests/made") == (200, answer.request.path)
    [request] = waiting(as_actor, registrar)
    assert request.person.national_id == snils
    desk = read(client_for(registrar.actor).get("/registry", headers=ENGLISH))
    assert f"{snils[6:9]} {snils[9:]}" in desk
    assert snils not in desk


def test_nothing_is_stored_of_who_does_not_ask(refused, as_administrator):
    subject_rows = text("SELECT count(*) FROM identity.account")
    with as_administrator() as connection:
        before = connection.scalar(subject_rows)
    page = refused()

    with as_administrator() as connection:
        assert connection.scalar(subject_rows) == before
    assert "Nothing was changed or stored" in page.text


def test_who_is_unknown_and_whose_birth_date_differs_read_the_same(refused, people):
    patient = people.patient()
    pages = [read(refused()), read(refused(snils=patient.snils, birth_date="1999-01-01"))]

    assert pages[0] == pages[1]


def test_a_request_is_made_once_a_day(as_actor, asked, people):
    registrar = people.registrar()
    actor = asked(registrar.facility_id)
    with as_actor(actor) as session:
        ask_for_record(session, PERSON, facility_id=registrar.facility_id)

    assert len(waiting(as_actor, registrar)) == 1


def test_others_read_no_request(as_actor, asked, people, walled):
    registrar, elsewhere = people.registrar(), people.registrar()
    doctor = people.doctor(facility_id=registrar.facility_id)
    asked(registrar.facility_id)

    walled()
    assert len(waiting(as_actor, registrar)) == 1
    assert waiting(as_actor, elsewhere) == []
    assert waiting(as_actor, doctor) == []


def test_row_security_alone_hides_requests_from_other_facilities(as_actor, asked, people):
    registrar, elsewhere = people.registrar(), people.registrar()
    asked(registrar.facility_id)
    own = select(RecordRequest.id).where(RecordRequest.facility_id == registrar.facility_id)

    seen = []
    for who in (registrar, elsewhere, people.doctor(facility_id=registrar.facility_id)):
        with as_actor(who.actor) as session:
            seen.append(len(session.scalars(own).all()))

    assert seen == [1, 0, 0]


def test_nobody_asks_in_anothers_name(as_actor, people, asked):
    registrar = people.registrar()
    actor = asked(registrar.facility_id)
    other = Actor(ActorKind.CITIZEN, account_id=new_id(), role="patient")

    with pytest.raises(DBAPIError), as_actor(other) as session:
        session.add(
            RecordRequest(account_id=actor.account_id, facility_id=people.facility(), proven_sealed=b"x")
        )
        session.flush()


def test_what_a_page_holds_is_good_for_a_while_and_only_as_it_was_sealed(app):
    at = now()
    sealed = sealed_for_page(PERSON, at=at)

    assert opened_from_page(sealed, at=at) == PERSON
    assert opened_from_page(sealed, at=at + PAGE_GOOD_FOR + timedelta(seconds=1)) is None
    assert opened_from_page(sealed[:-8] + "AAAAAAA=", at=at) is None
    assert opened_from_page("forged", at=at) is None


def test_a_forged_page_is_told_to_begin_again(client):
    answer = client.post("/record-requests", data={"proven": "forged"}, headers=ENGLISH)

    assert answer.status_code == 422
    assert "Sign in again" in answer.text


def test_a_request_without_a_facility_is_shown_again(client, refused):
    answer = client.post("/record-requests", data=filled(refused(), facility=""), headers=ENGLISH)

    assert answer.status_code == 422
    assert "Choose where you will come." in answer.text


def test_requests_that_waited_too_long_are_removed(as_actor, as_worker, as_administrator, asked, people):
    registrar = people.registrar()
    asked(registrar.facility_id)
    with as_administrator() as connection:
        connection.execute(
            text("UPDATE identity.record_request SET asked_at = :then WHERE facility_id = :place"),
            {"then": now() - REQUEST_KEPT_FOR - timedelta(hours=1), "place": registrar.facility_id},
        )

    with as_worker() as session:
        removed = sweep_record_requests(session)

    assert removed >= 1
    assert waiting(as_actor, registrar) == []
