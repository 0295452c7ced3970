"""What the database refuses the web even where the application would ask for it: the last wall behind a mistake."""

import secrets
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from foundation.actor import Actor
from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from foundation.outbox import announce
from foundation.postgres.roles import LOADER, WEB, WORKER
from identity.access.actions import begin_care, grant_care_by_referral
from identity.access.enumerations import CareBasis
from identity.people.rules.assurance import Assurance
from identity.sessions.actions.accounts import account_for
from identity.sessions.actions.sessions import link_patient
from identity.sessions.tables.accounts import Account
from identity.sessions.tables.sessions import Session

AUDIT_ROW = (
    "INSERT INTO foundation.audit_event ({columns}, actor_kind, account_id, staff_id, role, act, object_kind, reason) "
    "SELECT {values}, 'staff', foundation.actor_account(), foundation.actor_staff(), '{role}', 'x.tried', '', ''"
)


def test_a_doctor_s_patient_comes_into_the_care_of_the_center_and_of_nobody_else(people, as_actor):
    doctor = people.doctor()
    patient = people.patient(cared_for_at=doctor.facility_id)
    center = people.center()

    with as_actor(doctor.actor) as session:
        grant_care_by_referral(session, patient_id=patient.id, facility_id=center)
    for facility in (people.facility(), doctor.facility_id):
        with pytest.raises(DBAPIError, match="not the actor's"), as_actor(doctor.actor) as session:
            grant_care_by_referral(session, patient_id=patient.id, facility_id=facility)


def test_nobody_brings_a_stranger_into_care(people, as_actor):
    stranger, center = people.patient(), people.center()

    for reader in (people.doctor(), people.dispatcher()):
        with pytest.raises(DBAPIError, match="not the actor's"), as_actor(reader.actor) as session:
            grant_care_by_referral(session, patient_id=stranger.id, facility_id=center)


def test_no_row_of_care_is_added_past_the_function_that_settles_it(people, as_actor):
    doctor = people.doctor()
    patient, center = people.patient(cared_for_at=doctor.facility_id), people.center()

    for basis in CareBasis:
        with pytest.raises(DBAPIError, match="permission denied"), as_actor(doctor.actor) as session:
            begin_care(session, patient_id=patient.id, facility_id=center, basis=basis)


def test_an_audit_row_carries_the_database_s_own_time(people, as_actor):
    doctor = people.doctor()
    dated = AUDIT_ROW.format(columns="at", values="now() - interval '9 days'", role="doctor")

    with pytest.raises(DBAPIError, match="permission denied"), as_actor(doctor.actor) as session:
        session.execute(text(dated))


@pytest.mark.parametrize("false_role", ["dispatcher", "patient", ""])
def test_an_audit_row_tells_the_role_and_place_of_the_actor(people, as_actor, false_role):
    doctor, elsewhere = people.doctor(), people.facility()
    with as_actor(doctor.actor) as session:
        row = AUDIT_ROW.format(columns="facility_id", values=f"'{doctor.facility_id}'::uuid", role="doctor")
        session.execute(text(row))

    for place, role in ((doctor.facility_id, false_role), (elsewhere, "doctor")):
        with pytest.raises(DBAPIError, match="row-level security"), as_actor(doctor.actor) as session:
            row = AUDIT_ROW.format(columns="facility_id", values=f"'{place}'::uuid", role=role)
            session.execute(text(row))


def test_nobody_begins_a_session_as_somebody_else(people, as_actor):
    citizen, other, doctor = people.patient(), people.patient(), people.doctor()

    for false in (
        {"patient_id": other.id},
        {"staff_id": doctor.id, "facility_id": doctor.facility_id, "role": "doctor", "actor_kind": "staff"},
        {"account_id": new_id()},
    ):
        with pytest.raises(DBAPIError, match="row-level security"), as_actor(citizen.actor) as session:
            session.connection().execute(insert(Session).inline(), {**session_of(citizen.actor), **false})


def session_of(actor):
    """The row that signing in would write."""
    return {
        "token_sha256": secrets.token_bytes(32),
        "account_id": actor.account_id,
        "actor_kind": actor.kind.value,
        "patient_id": actor.patient_id,
        "role": actor.role,
        **dict.fromkeys(("provider", "issuer", "subject"), "test"),
        "level": Assurance.HIGH.value,
        "authenticated_at": now(),
        "expires_at": now() + timedelta(hours=8),
    }


def test_nobody_links_their_account_to_another_s_record(people, as_actor, monkeypatch):
    citizen, other = people.patient(), people.patient()

    with pytest.raises(DBAPIError, match="row-level security"), as_actor(citizen.actor) as session:
        session.execute(text("SELECT 1"))  # the context, with the citizen in it, is sent
        monkeypatch.setattr(ActorSession, "actor", replace(citizen.actor, patient_id=other.id))
        link_patient(session, basis="test", level=Assurance.HIGH)


def test_the_doorkeeper_reads_no_sealed_value_no_token_and_no_digest_of_staff(engines):
    asked = text("SELECT has_column_privilege('center_doorkeeper', :table, :column, 'SELECT')")
    with engines["owner"].connect() as connection:
        readable = [
            (table, column)
            for table, column in (
                ("identity.patient_identifier", "value_sealed"),
                ("identity.id_token", "sealed"),
                ("identity.staff_member", "national_identifier_digest"),
                ("identity.patient", "sort_key"),
            )
            if connection.execute(asked, {"table": table, "column": column}).scalar_one()
        ]

    assert readable == []


def test_the_loader_sees_whose_a_session_is_and_nothing_that_would_open_it(as_administrator):
    asked = text("SELECT has_column_privilege('center_loader', :table, :column, 'SELECT')")
    secret = [
        *(
            ("identity.session", column)
            for column in ("token_sha256", "issuer", "subject", "provider_session")
        ),
        *(("identity.account", column) for column in ("issuer", "subject")),
        ("identity.id_token", "sealed"),
    ]

    with as_administrator() as connection:
        readable = [
            (table, column)
            for table, column in (*secret, ("identity.session", "account_id"))
            if connection.execute(asked, {"table": table, "column": column}).scalar_one()
        ]

    assert readable == [("identity.session", "account_id")]


def test_an_account_is_shown_to_nobody_but_its_own_person(people, as_actor):
    subject = f"sub-{new_id()}"
    with as_actor(Actor.anonymous()) as session:
        account_id = account_for(session, issuer="https://eid.example", subject=subject)
        again = account_for(session, issuer="https://eid.example", subject=subject)
        other = account_for(session, issuer="https://other.example", subject=subject)

    def seen_by(actor):
        with as_actor(actor) as session:
            return session.scalars(select(Account.subject).where(Account.id.in_((account_id, other)))).all()

    assert again == account_id != other
    assert seen_by(replace(people.patient().actor, account_id=account_id)) == [subject]
    for stranger in (Actor.anonymous(), people.patient().actor, people.doctor().actor):
        assert seen_by(stranger) == []


def test_an_account_is_made_at_the_door_alone(people, as_actor):
    citizen = people.patient()
    made = {"issuer": "https://eid.example", "subject": "somebody", "id": citizen.actor.account_id}

    with pytest.raises(DBAPIError, match="permission denied"), as_actor(citizen.actor) as session:
        session.connection().execute(insert(Account).inline(), made)


@pytest.mark.parametrize("role", [WEB, LOADER])
def test_what_was_announced_is_read_by_the_worker_alone(people, as_loader, as_administrator, role):
    patient, topic = people.patient(), f"nobody.hears.{new_id()}"
    with as_loader() as session:
        announce(session, topic, {"patient_id": str(patient.id)})
    asked = text("SELECT count(*) FROM foundation.outbox_message WHERE topic = :topic")

    def seen_by(name):
        with as_administrator() as connection, connection.begin_nested() as attempt:
            # As if the right to read had been given by mistake: row-level security alone is asked.
            connection.execute(text(f"GRANT SELECT ON foundation.outbox_message TO {name}"))
            connection.execute(text(f"SET LOCAL ROLE {name}"))
            seen = connection.execute(asked, {"topic": topic}).scalar_one()
            attempt.rollback()
            return seen

    assert seen_by(WORKER) == 1
    assert seen_by(role) == 0
