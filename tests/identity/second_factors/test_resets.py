"""Two administrators end the passkeys of a colleague who has lost them; neither alone, nor anybody else."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from foundation.audit import AuditEvent
from foundation.clock import now
from foundation.errors import NotFound, RuleBroken, SecondFactorNeeded, Stale
from identity.roles import Role
from identity.second_factors.actions.resets import ask_for_reset, confirm_reset
from identity.second_factors.queries import demands
from identity.second_factors.queries.passkeys import own_passkeys
from identity.second_factors.queries.resets import waiting_resets
from identity.sessions.tables.sessions import Session
from tests.identity.journeys import ENGLISH
from tests.identity.second_factors.authenticator import Authenticator
from tests.identity.second_factors.factories import kept_passkey
from tests.pages import filled, read

WHY = "The telephone with the passkey is lost."


@pytest.fixture
def administrator(people):
    return lambda: people.staff(Role.ADMINISTRATOR)


@pytest.fixture
def asked(administrator, as_actor):
    """Ask for somebody as a new administrator: who that is, and the number of what is asked."""

    def ask(colleague):
        asks = administrator()
        with as_actor(asks.actor) as session:
            return asks, ask_for_reset(session, snils=colleague.snils, reason=WHY)

    return ask


@pytest.fixture
def reset(asked, administrator, as_actor):
    """The passkeys of somebody are ended by two administrators."""

    def done(colleague):
        _, reset_id = asked(colleague)
        with as_actor(administrator().actor) as session:
            confirm_reset(session, reset_id)

    return done


def _sign_in_anew(as_administrator, desk):
    with as_administrator() as connection:
        connection.execute(
            Session.__table__.update()
            .where(Session.staff_id == desk.staff.id)
            .values(authenticated_at=now() + timedelta(seconds=1))
        )


def test_they_count_until_the_second_has_confirmed_and_no_longer(desk, asked, administrator, as_actor):
    doctor = desk(passkey=True)
    _, reset_id = asked(doctor.staff)
    assert doctor.confirm().status_code == 200

    with as_actor(administrator().actor) as session:
        confirm_reset(session, reset_id)

    assert doctor.post("/staff/second-factor/challenges").status_code == 409
    with as_actor(doctor.staff.actor) as session:
        assert own_passkeys(session) == []


def test_what_was_proven_with_them_proves_nothing_any_more(desk, reset, people, monkeypatch):
    doctor = desk(passkey=True)
    doctor.confirm()
    patient = people.patient()
    reset(doctor.staff)
    monkeypatch.setitem(demands._required, "all", True)

    answer = doctor.post(
        "/staff/emergencies",
        snils=patient.snils,
        birth_date=patient.birth_date.isoformat(),
        reason="unconscious",
        words="Brought in by ambulance, does not answer.",
    )

    assert answer.status_code == 403


def test_a_new_one_is_added_after_signing_in_again(desk, reset, as_administrator, site):
    doctor = desk(passkey=True)
    reset(doctor.staff)
    doctor.device = Authenticator(site.origin, site.domain)
    assert "Sign out and sign in again" in read(doctor.add())
    assert "Sign out and sign in again" in read(doctor.browser.get("/staff/passkeys/new", headers=ENGLISH))

    _sign_in_anew(as_administrator, doctor)

    assert doctor.add().status_code == 303
    assert doctor.confirm().status_code == 200


def test_the_person_reads_who_and_why(desk, reset):
    doctor = desk(passkey=True)
    reset(doctor.staff)

    page = read(doctor.browser.get("/staff/passkeys", headers=ENGLISH))

    assert WHY in page
    assert "By two administrators: Sotrudnikova I. I., Sotrudnikova I. I." in page


def test_nobody_confirms_what_they_have_asked_for(people, asked, as_actor):
    asks, reset_id = asked(people.doctor())

    with as_actor(asks.actor) as session, pytest.raises(RuleBroken, match="asked for this yourself"):
        confirm_reset(session, reset_id)


def test_nobody_ends_their_own(administrator, asked, as_actor):
    own = administrator()
    with as_actor(own.actor) as session, pytest.raises(RuleBroken, match="your own passkeys"):
        ask_for_reset(session, snils=own.snils, reason=WHY)
    _, reset_id = asked(own)

    with as_actor(own.actor) as session, pytest.raises(RuleBroken, match="your own passkeys"):
        confirm_reset(session, reset_id)


ASK = (
    "INSERT INTO identity.passkey_reset (id, staff_id, asked_by, reason) "
    "VALUES (gen_random_uuid(), :whose, :me, 'Because.')"
)
CONFIRM = (
    "INSERT INTO identity.passkey_reset_confirmation (reset_id, staff_id, confirmed_by) "
    "VALUES (:reset, :whose, :me)"
)


def test_nor_does_the_database_let_them(people, administrator, asked, as_actor, as_administrator):
    doctor, officer = people.doctor(), people.staff(Role.PRIVACY_OFFICER)
    asks, reset_id = asked(doctor)
    own = administrator()
    _, of_own = asked(own)

    for actor, statement, told in (
        (own, ASK, {"whose": own.id, "me": own.id}),
        (officer, ASK, {"whose": doctor.id, "me": officer.id}),
        (own, ASK, {"whose": doctor.id, "me": asks.id}),
        (asks, CONFIRM, {"whose": doctor.id, "me": asks.id, "reset": reset_id}),
        (own, CONFIRM, {"whose": own.id, "me": own.id, "reset": of_own}),
        (officer, CONFIRM, {"whose": doctor.id, "me": officer.id, "reset": reset_id}),
        (own, CONFIRM, {"whose": doctor.id, "me": asks.id, "reset": reset_id}),
    ):
        with pytest.raises(ProgrammingError, match="row-level security"), as_actor(actor.actor) as session:
            session.execute(text(statement), told)
    _make_older(as_administrator, reset_id)
    late = {"whose": doctor.id, "me": own.id, "reset": reset_id}
    with pytest.raises(ProgrammingError, match="row-level security"), as_actor(own.actor) as session:
        session.execute(text(CONFIRM), late)


def _make_older(as_administrator, reset_id):
    with as_administrator() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text(
                "UPDATE identity.passkey_reset SET asked_at = asked_at - interval '24 hours' WHERE id = :id"
            ),
            {"id": reset_id},
        )


def test_after_a_day_it_comes_to_nothing(people, asked, administrator, as_actor, as_administrator):
    _, reset_id = asked(people.doctor())
    _make_older(as_administrator, reset_id)

    with as_actor(administrator().actor) as session, pytest.raises(NotFound):
        confirm_reset(session, reset_id)


def test_one_that_waits_beside_it_does_not_end_what_is_made_afterwards(
    people, asked, reset, administrator, as_actor
):
    doctor = people.doctor()
    _, beside = asked(doctor)
    reset(doctor)
    with as_actor(doctor.actor) as session:
        kept_passkey(session)

    with as_actor(administrator().actor) as session, pytest.raises(NotFound):
        confirm_reset(session, beside)
    with as_actor(doctor.actor) as session:
        assert len(own_passkeys(session)) == 1


def test_it_is_confirmed_once(people, asked, administrator, as_actor):
    _, reset_id = asked(people.doctor())
    for refused in (None, (NotFound, Stale)):
        with as_actor(administrator().actor) as session:
            if refused is None:
                confirm_reset(session, reset_id)
            else:
                with pytest.raises(refused):
                    confirm_reset(session, reset_id)


def test_an_administrator_with_a_passkey_proves_that_it_is_they(people, desk, asked, administrator, as_actor):
    colleague = people.doctor()
    _, reset_id = asked(colleague)
    guarded = desk(administrator(), passkey=True)

    with as_actor(guarded.staff.actor) as session:
        with pytest.raises(SecondFactorNeeded):
            confirm_reset(session, reset_id)
        with pytest.raises(SecondFactorNeeded):
            ask_for_reset(session, snils=colleague.snils, reason=WHY)
    assert guarded.post(f"/staff/passkey-resets/{reset_id}/confirmation").status_code == 403
    guarded.confirm()
    assert guarded.post(f"/staff/passkey-resets/{reset_id}/confirmation").status_code == 303


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.PRIVACY_OFFICER, Role.FACILITY_HEAD])
def test_nobody_else_sees_what_waits(people, client_for, asked, as_actor, role):
    asked(people.doctor())
    other = people.staff(role)
    browser = client_for(other.actor)

    assert browser.get("/staff/passkey-resets").status_code == 403
    with as_actor(other.actor) as session:
        assert waiting_resets(session) == ([], {})
        assert session.scalars(text("SELECT count(*) FROM identity.passkey_reset")).one() == 0


def test_it_goes_by_the_pages(people, client_for, administrator, as_administrator):
    colleague = people.doctor(family_name="Потерялов")
    asks, confirms = (client_for(administrator().actor) for _ in range(2))
    page = asks.get("/staff/passkey-resets", headers=ENGLISH)

    unknown = asks.post(
        "/staff/passkey-resets", data=filled(page, snils="112-233-445 95", reason=WHY), headers=ENGLISH
    )
    assert "knows nobody by this number" in read(unknown)
    assert WHY in unknown.text
    assert asks.post("/staff/passkey-resets", data=filled(page, snils="1", reason=" ")).status_code == 422
    sent = filled(page, snils=colleague.snils, reason=WHY)
    assert asks.post("/staff/passkey-resets", data=sent).status_code == 303
    assert "Another administrator must confirm this." in read(
        asks.get("/staff/passkey-resets", headers=ENGLISH)
    )

    page = confirms.get("/staff/passkey-resets", headers=ENGLISH)
    assert "Poterialov" in page.text
    with as_administrator() as connection:
        asked_for = text("SELECT id FROM identity.passkey_reset WHERE staff_id = :staff")
        reset_id = connection.execute(asked_for, {"staff": colleague.id}).scalar_one()
    confirmed = confirms.post(f"/staff/passkey-resets/{reset_id}/confirmation", data=filled(page))
    assert confirmed.status_code == 303
    assert "Poterialov" not in confirms.get("/staff/passkey-resets", headers=ENGLISH).text
    with as_administrator() as connection:
        acts = select(AuditEvent.act, AuditEvent.reason).where(AuditEvent.object_id == reset_id)
        assert connection.execute(acts.order_by(AuditEvent.id)).all() == [
            ("passkey_reset.asked", WHY),
            ("passkey_reset.confirmed", WHY),
        ]
