"""What the provider said about a person in its token is sealed while they are signed in, and forgotten afterwards."""

import os
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import select, text

from foundation.database.transactions import transaction
from foundation.postgres.embedded.address import ADMINISTRATOR, DATABASE
from foundation.postgres.embedded.binaries import programs_for
from foundation.postgres.embedded.server_user import ServerUser
from foundation.sealing import unseal
from identity.sessions.queries.provider_sessions import own_provider_session
from identity.sessions.queries.sessions import active_sessions_at_provider, sign_in_of
from identity.sessions.tables.sessions import ID_TOKEN, IdToken
from tests.identity.journeys import CITIZEN_COOKIE, STAFF_COOKIE, card_of
from tests.identity.provider_process import sign_in_with_card

LEFT = text("SELECT count(*) FROM identity.id_token WHERE session_id = :session")


@pytest.fixture
def citizen(client, people, provider):
    """A browser whose citizen has signed in through the provider."""
    sign_in_with_card(client, card_of(provider, people.patient()))
    return client


def test_neither_the_database_nor_its_dump_holds_the_provider_s_token(citizen, postgres):
    id_token = kept_token(actor_of(citizen))

    dump = dump_of(postgres)

    assert id_token.count(".") == 2
    assert "COPY identity.session " in dump
    assert "COPY identity.id_token " in dump
    # Bytes stand in a dump as hexadecimal digits.
    forms = [form for piece in id_token.split(".") for form in (piece, piece.encode().hex())]
    assert [form for form in forms if form in dump] == []


def test_the_control_a_token_that_lay_there_in_plain_text_would_be_found_in_the_dump(
    citizen, postgres, as_administrator
):
    actor = actor_of(citizen)
    id_token = kept_token(actor)
    put = text("UPDATE identity.session SET provider_session = :token WHERE id = :id")
    with as_administrator() as connection:
        connection.execute(put, {"token": id_token, "id": actor.session_id})

    found = id_token in dump_of(postgres)

    with as_administrator() as connection:
        connection.execute(put, {"token": "", "id": actor.session_id})
    assert found


def test_only_whoever_it_is_about_reaches_their_sealed_token(citizen, people, as_actor):
    actor = actor_of(citizen)
    asked = select(IdToken.sealed).where(IdToken.session_id == actor.session_id)

    with as_actor(actor) as session:
        assert unseal(session.scalars(asked).one(), ID_TOKEN) == kept_token(actor)
    for other in (people.patient().actor, people.doctor().actor):
        with as_actor(other) as session:
            assert session.scalars(asked).all() == []


def test_signing_out_forgets_the_token(citizen, as_administrator):
    session_id = actor_of(citizen).session_id
    assert left(as_administrator, session_id) == 1

    citizen.post("/sign-out")

    assert left(as_administrator, session_id) == 0


def test_a_session_that_the_provider_ends_leaves_no_token(citizen, as_administrator, as_actor):
    actor = actor_of(citizen)
    with as_actor(actor) as session:
        at_provider = own_provider_session(session)
    assert active_sessions_at_provider(issuer=at_provider.issuer, subject=at_provider.subject) == [
        actor.session_id
    ]

    with as_administrator() as connection:
        connection.execute(
            text("INSERT INTO identity.session_end VALUES (:id, now(), 'ended by the identity provider')"),
            {"id": actor.session_id},
        )

    assert left(as_administrator, actor.session_id) == 0


@pytest.mark.parametrize(("column", "age"), [("last_seen_at", "21 minutes"), ("expires_at", "9 hours")])
def test_a_token_of_a_session_that_ran_out_is_forgotten_at_the_next_sign_in(
    citizen, app, people, provider, as_administrator, column, age
):
    session_id = actor_of(citizen).session_id
    with as_administrator() as connection:
        connection.execute(
            text(f"UPDATE identity.session SET {column} = {column} - interval '{age}' WHERE id = :id"),
            {"id": session_id},
        )

    newcomer = app.test_client()
    sign_in_with_card(newcomer, card_of(provider, people.patient()))

    assert left(as_administrator, session_id) == 0
    assert left(as_administrator, actor_of(newcomer).session_id) == 1


def test_a_desk_without_use_for_sixteen_minutes_has_run_out_a_citizen_not_yet(
    citizen, app, people, provider, as_administrator
):
    doctor, desk = people.doctor(), app.test_client()
    subject = provider.know(sub=f"sub-{doctor.id}", snils=doctor.snils, birth_date="1970-01-01")
    sign_in_with_card(desk, subject, way="/staff/sign-in/demo-desk")
    waiting = [actor_of(citizen).session_id, actor_of(desk, STAFF_COOKIE).session_id]
    with as_administrator() as connection:
        connection.execute(
            text(
                "UPDATE identity.session SET last_seen_at = last_seen_at - interval '16 minutes' WHERE id = ANY(:ids)"
            ),
            {"ids": waiting},
        )

    sign_in_with_card(app.test_client(), card_of(provider, people.patient()))

    assert [left(as_administrator, each) for each in waiting] == [1, 0]


def actor_of(browser, cookie=CITIZEN_COOKIE):
    return sign_in_of(browser.get_cookie(cookie).value).actor


def kept_token(actor):
    with transaction(actor) as session:
        return own_provider_session(session).id_token


def left(as_administrator, session_id):
    with as_administrator() as connection:
        return connection.execute(LEFT, {"session": session_id}).scalar_one()


def dump_of(postgres):
    """Everything that the database holds, as a backup would."""
    programs = programs_for(ServerUser(None, None), Path(postgres.host))
    where = ["--host", postgres.host, "--port", str(postgres.port), "--username", ADMINISTRATOR]
    done = subprocess.run(
        [programs / "pg_dump", *where, DATABASE],
        env={**os.environ, "PGPASSWORD": postgres.passwords[ADMINISTRATOR]},
        capture_output=True,
        check=True,
        timeout=120,
    )
    return done.stdout.decode()
