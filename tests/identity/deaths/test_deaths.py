"""A death is recorded at the registrar's desk: nobody signs in as the person, rights end; and it is undone where it was an error."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from foundation.audit import AuditEvent
from foundation.clock import today
from foundation.errors import NotFound, RuleBroken, Stale
from foundation.identifiers import new_id
from foundation.language.dates import Precision
from foundation.outbox import OutboxMessage, announce
from identity.deaths.actions import record_death, undo_death
from identity.deaths.enumerations import UndoingReason
from identity.deaths.queries import deaths_of_patient
from identity.deaths.rules import require_possible
from identity.deaths.tables import RecordedDeath
from identity.delegations.enumerations import DelegationKind
from identity.delegations.queries import living_delegations
from identity.delegations.tables import Delegation, DelegationEnd
from identity.patients.queries.patients import patient_card
from identity.people.enumerations import Birth, Death
from identity.registry.actions import open_registry_patient
from identity.roles import STAFF_ROLES, Role
from tests.identity.deaths.factories import SEEN, died, undone
from tests.identity.delegations.acting import HOME, Acting
from tests.identity.grants.giving import Giving
from tests.identity.journeys import CITIZEN_COOKIE, ENGLISH, card_of, signed_in
from tests.identity.provider_process import leave_for, show_card
from tests.pages import filled, read

BORN = date(1950, 2, 3)
SHOWN = {"document_kind": "death_certificate", "document_number": "II-РА 123456", "in_hand": "y"}


@pytest.fixture
def registrar(people):
    return people.registrar()


@pytest.fixture
def patient(people, registrar):
    return people.patient(cared_for_at=registrar.facility_id, birth_date=BORN)


@pytest.fixture
def acting(people, client_for, as_loader, as_administrator) -> Acting:
    return Acting(people, client_for, as_loader, as_administrator)


def sign_in(client, card):
    return client.get(show_card(leave_for(client, "/sign-in/demo"), card), headers=ENGLISH)


def acts_on(as_actor, patient):
    with as_actor(patient.actor) as session:
        return session.scalars(select(AuditEvent.act).where(AuditEvent.patient_id == patient.id)).all()


def delegations_of(as_actor, patient):
    with as_actor(patient.actor) as session:
        return living_delegations(session)


def test_who_has_died_is_signed_out_at_once_told_plainly_and_signs_in_again_when_it_is_undone(
    app, client, client_for, provider, registrar, patient
):
    card = card_of(provider, patient)
    assert sign_in(client, card).status_code == 303
    token = client.get_cookie(CITIZEN_COOKIE).value
    desk = client_for(registrar.actor)
    address = f"/registry/patients/{patient.id}/death"

    recorded = desk.post(
        address,
        data=filled(desk.get(address, headers=ENGLISH), died_on=today().isoformat(), **SHOWN),
        headers=ENGLISH,
        follow_redirects=True,
    )
    refused = sign_in(app.test_client(), card)

    assert "The death is recorded" in read(recorded)
    assert not signed_in(app, token)
    assert refused.status_code == 403
    assert "this person has died" in read(refused)
    assert "come with your passport" in read(refused)
    again = desk.post(
        f"{address}/undoing",
        data=filled(recorded, **{"undo-reason": "person_lives"}),
        headers=ENGLISH,
        follow_redirects=True,
    )
    assert "Undone" in read(again)
    assert "The person lives" in read(again)
    assert sign_in(app.test_client(), card).status_code == 303


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"died_on": (today() + timedelta(days=2)).isoformat()}, "This day has not come yet"),
        ({"died_on": (BORN - timedelta(days=1)).isoformat()}, "was born later than this day"),
        ({"died_on": ""}, "Type the date of death"),
        ({"document_kind": ""}, "Choose which document tells of the death"),
        ({"document_number": ""}, "Type the number of the document"),
        ({"in_hand": ""}, "Look at it first"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_stored(
    as_actor, client_for, registrar, patient, typed, sentence
):
    desk, address = client_for(registrar.actor), f"/registry/patients/{patient.id}/death"
    whole = {"died_on": today().isoformat(), **SHOWN, **typed}

    answer = desk.post(address, data=filled(desk.get(address), **whole), headers=ENGLISH)

    assert answer.status_code in (409, 422)
    assert sentence in read(answer)
    with as_actor(registrar.actor) as session:
        assert deaths_of_patient(session, patient.id).deaths == []


def test_the_day_of_birth_is_the_first_on_which_somebody_can_have_died(as_actor, registrar, patient):
    with as_actor(registrar.actor) as session:
        died(session, patient.id, on=BORN)

    with as_actor(registrar.actor) as session:
        assert patient_card(session, patient.id).death == Death(BORN, "day")


def test_what_records_tell_of_the_death_stands_behind_what_a_registrar_has_seen(
    as_actor, as_administrator, registrar, patient
):
    with as_administrator() as connection:
        connection.execute(
            text(
                "UPDATE identity.patient SET death_date = '2020-01-01', death_precision = 'year' WHERE id = :id"
            ),
            {"id": patient.id},
        )
    with as_actor(registrar.actor) as session:
        death_id = died(session, patient.id, on=date(2020, 5, 6))
        assert patient_card(session, patient.id).death == Death(date(2020, 5, 6), "day")
        undone(session, patient.id, death_id)
        assert patient_card(session, patient.id).death == Death(date(2020, 1, 1), "year")


def test_of_the_number_only_a_digest_is_kept(as_actor, registrar, patient):
    with as_actor(registrar.actor) as session:
        died(session, patient.id)
        row = session.scalars(select(RecordedDeath).where(RecordedDeath.patient_id == patient.id)).one()

    assert len(row.evidence_digest) == 64
    assert "123456" not in row.evidence_digest


def test_the_patient_reads_in_the_list_of_accesses_that_it_was_recorded_and_undone(
    as_actor, registrar, patient
):
    with as_actor(registrar.actor) as session:
        undone(session, patient.id, died(session, patient.id))

    assert {"death.recorded", "death.undone"} <= set(acts_on(as_actor, patient))


def test_the_rooms_above_hear_of_it(as_actor, as_worker, registrar, patient):
    with as_actor(registrar.actor) as session:
        death_id = died(session, patient.id)
    with as_actor(registrar.actor) as session:
        undone(session, patient.id, death_id)

    told = {"patient_id": str(patient.id), "object_id": str(death_id)}
    with as_worker() as session:
        messages = session.scalars(select(OutboxMessage).where(OutboxMessage.payload == told)).all()
    assert sorted(each.topic for each in messages) == ["death.recorded", "death.undone"]


def test_nothing_is_announced_that_was_not_recorded(as_actor, registrar, patient):
    for topic in ("death.recorded", "death.undone"):
        with pytest.raises(DBAPIError, match="row-level security"), as_actor(registrar.actor) as session:
            announce(session, topic, {"patient_id": str(patient.id), "object_id": str(new_id())})


def test_rights_of_the_person_and_to_act_for_them_end_and_come_back(
    as_actor, people, acting, registrar, patient
):
    daughter, neighbour = people.patient(), people.patient()
    by_daughter = acting.let(daughter, patient)
    for_neighbour = acting.let(patient, neighbour)
    browser = acting.acting(daughter, by_daughter)
    own = acting.acting(patient, for_neighbour)

    with as_actor(registrar.actor) as session:
        death_id = died(session, patient.id)

    assert browser.get(HOME).status_code == own.get(HOME).status_code == 303
    assert delegations_of(as_actor, daughter) == delegations_of(as_actor, neighbour) == []
    assert "delegation.ended" in acts_on(as_actor, neighbour)
    with as_actor(registrar.actor) as session:
        undone(session, patient.id, death_id)
    [back] = delegations_of(as_actor, daughter)
    assert (back.patient_id, back.delegate_id, back.kind) == (patient.id, daughter.id, DelegationKind.GRANT)
    assert back.id != by_daughter
    assert [each.patient_id for each in delegations_of(as_actor, neighbour)] == [neighbour.id]
    assert "delegation.entered" in acts_on(as_actor, neighbour)
    assert acting.go_on(acting.browser_of(daughter), back.id).status_code == 303


def test_a_right_that_ended_otherwise_does_not_come_back(as_actor, people, acting, registrar, patient):
    son, niece = people.patient(), people.patient()
    acting.take_back(acting.let(son, patient))
    acting.let(niece, patient)

    with as_actor(registrar.actor) as session:
        undone(session, patient.id, died(session, patient.id))

    assert delegations_of(as_actor, son) == []
    assert len(delegations_of(as_actor, niece)) == 1


def test_a_right_comes_back_when_the_last_of_the_two_deaths_is_undone(
    as_actor, people, acting, registrar, patient
):
    daughter = people.patient(cared_for_at=registrar.facility_id)
    acting.let(daughter, patient)
    with as_actor(registrar.actor) as session:
        first = died(session, patient.id)
    with as_actor(registrar.actor) as session:
        second = died(session, daughter.id)

    with as_actor(registrar.actor) as session:
        undone(session, patient.id, first)
    assert delegations_of(as_actor, patient) == []
    with as_actor(registrar.actor) as session:
        undone(session, daughter.id, second)

    assert len(delegations_of(as_actor, patient)) == 1


def test_recorded_and_undone_again_a_right_comes_back_once(as_actor, people, acting, registrar, patient):
    daughter = people.patient()
    acting.let(daughter, patient)

    for _ in range(2):
        with as_actor(registrar.actor) as session:
            death_id = died(session, patient.id)
        with as_actor(registrar.actor) as session:
            undone(session, patient.id, death_id)

    assert len(delegations_of(as_actor, daughter)) == 1


def test_what_who_has_died_has_offered_nobody_accepts(as_actor, people, acting, registrar, patient):
    friend, giving = people.patient(), Giving(acting)
    offer_id = giving.offered(patient, friend)
    browser = giving.browser_of(friend)
    assert giving.offers_on_first_page(browser) == [offer_id]

    with as_actor(registrar.actor) as session:
        death_id = died(session, patient.id)

    assert giving.offers_on_first_page(browser) == []
    assert giving.answer(browser, offer_id).status_code == 404
    with as_actor(registrar.actor) as session:
        undone(session, patient.id, death_id)
    assert giving.answer(browser, offer_id).status_code == 303


def test_the_database_lets_no_right_begin_with_who_has_died(
    as_actor, as_administrator, people, registrar, patient
):
    with as_actor(registrar.actor) as session:
        died(session, patient.id)

    right = text(
        "INSERT INTO identity.delegation (id, patient_id, delegate_id, kind, scopes, began_at, ends_at, basis, evidence_sha256) "
        "VALUES (:id, :patient, :delegate, 'grant', '{record}', now(), now() + interval '1 day', 'Own grant', '')"
    )
    told = {"id": new_id(), "patient": patient.id, "delegate": people.patient().id}
    with pytest.raises(DBAPIError, match="delegation_of_the_living"), as_administrator() as connection:
        connection.execute(text("SET LOCAL ROLE center_doorkeeper"))
        connection.execute(right, told)


def test_a_death_is_recorded_once_and_undone_once(as_actor, registrar, patient):
    with as_actor(registrar.actor) as session:
        death_id = died(session, patient.id)

    with pytest.raises(Stale, match="meanwhile"), as_actor(registrar.actor) as session:
        record_death(session, patient.id, died_on=today(), seen=SEEN)
    with as_actor(registrar.actor) as session:
        undone(session, patient.id, death_id)
    with pytest.raises(Stale, match="undone meanwhile"), as_actor(registrar.actor) as session:
        undone(session, patient.id, death_id)


def test_another_facility_s_registrar_neither_records_nor_undoes(
    as_actor, people, registrar, patient, walled
):
    with as_actor(registrar.actor) as session:
        death_id = died(session, patient.id)
    stranger, elsewhere = people.patient(cared_for_at=registrar.facility_id), people.registrar()

    walled()
    with pytest.raises(NotFound), as_actor(elsewhere.actor) as session:
        record_death(session, stranger.id, died_on=today(), seen=SEEN)
    with pytest.raises(NotFound), as_actor(elsewhere.actor) as session:
        undo_death(session, patient.id, death_id, reason=UndoingReason.BY_MISTAKE)


@pytest.mark.parametrize("role", [each for each in STAFF_ROLES if each is not Role.REGISTRAR])
def test_the_database_takes_a_death_from_a_registrar_alone(as_actor, people, role):
    colleague = people.staff(role)
    patient = people.patient(cared_for_at=colleague.facility_id)

    told = "SELECT identity.record_death(:id, :patient, current_date, 'death_certificate', repeat('0', 64))"
    with pytest.raises(DBAPIError, match="not the actor's to record"), as_actor(colleague.actor) as session:
        session.execute(text(told), {"id": new_id(), "patient": patient.id})


def test_no_row_of_a_death_is_written_or_changed_beside_the_functions(as_actor, registrar, patient):
    with as_actor(registrar.actor) as session:
        died(session, patient.id)

    for statement in (
        "INSERT INTO identity.death_undone SELECT id, patient_id, 'by_mistake', staff_id, facility_id FROM identity.death",
        "UPDATE identity.patient SET recorded_death_on = NULL",
        "DELETE FROM identity.death",
    ):
        with pytest.raises(DBAPIError, match="permission denied"), as_actor(registrar.actor) as session:
            session.execute(text(statement))


def test_no_session_is_begun_for_who_has_died_whatever_the_application_says(
    as_actor, registrar, patient, client_for
):
    with as_actor(registrar.actor) as session:
        died(session, patient.id)

    # Begun above row-level security, as by somebody whose transaction was under way: it opens nothing.
    assert client_for(patient.actor).get(HOME).status_code == 303
    insert = text(
        "INSERT INTO identity.session (id, token_sha256, account_id, actor_kind, patient_id, role, provider, issuer, subject, "
        "provider_session, level, authenticated_at, began_at, last_seen_at, expires_at) VALUES (:id, :digest, :account, 'citizen', "
        ":patient, 'patient', 'demo', 'i', 's', '', 3, now(), now(), now(), now() + interval '1 hour')"
    )
    told = {"id": new_id(), "digest": new_id().bytes, "account": patient.actor.account_id}
    with pytest.raises(DBAPIError, match="session_of_the_living"), as_actor(patient.actor) as session:
        session.execute(insert, {**told, "patient": patient.id})


def test_the_registrar_s_page_tells_of_the_death_and_gives_no_code(as_actor, client_for, registrar, patient):
    with as_actor(registrar.actor) as session:
        died(session, patient.id, on=date(2024, 5, 6))

    page = read(client_for(registrar.actor).get(f"/registry/patients/{patient.id}", headers=ENGLISH))

    assert "died: 6 May 2024" in page
    assert "Give a code" not in page
    with as_actor(registrar.actor) as session:
        assert open_registry_patient(session, patient.id).patient.death == Death(date(2024, 5, 6), "day")


def test_ends_name_the_death(as_actor, people, acting, registrar, patient):
    daughter = people.patient()
    right = acting.let(daughter, patient)
    with as_actor(registrar.actor) as session:
        died(session, patient.id)

    with as_actor(daughter.actor) as session:
        reasons = session.scalars(select(DelegationEnd.reason).where(DelegationEnd.delegation_id == right))
        assert reasons.one() == "death"
        assert session.get(Delegation, right) is not None


def test_of_whom_the_year_of_birth_alone_is_known_any_day_of_it_can_be_the_day():
    born = Birth(date(1950, 1, 1), Precision.YEAR)

    require_possible(date(1950, 1, 1), born, today=date(2026, 1, 1))
    with pytest.raises(RuleBroken, match="born later"):
        require_possible(date(1949, 12, 31), born, today=date(2026, 1, 1))
    with pytest.raises(RuleBroken, match="not come"):
        require_possible(date(2026, 1, 2), born, today=date(2026, 1, 1))
