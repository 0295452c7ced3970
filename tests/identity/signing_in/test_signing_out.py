"""Signing out ends both sides; what was revoked is dead on the next request."""

import json

import pytest
import requests
from sqlalchemy import text

from foundation.clock import now
from identity.providers.demo_clients import demo_clients
from identity.sessions.actions.sessions import end_session
from identity.sessions.queries.sessions import sign_in_of
from tests.identity.journeys import CITIZEN_COOKIE, ENGLISH, STAFF_COOKIE, card_of, signed_in
from tests.identity.provider_process import path_of, sign_in_with_card


@pytest.fixture
def citizen(client, people, provider):
    """A browser whose citizen has signed in through the provider."""
    sign_in_with_card(client, card_of(provider, people.patient()))
    return client


def test_signing_out_ends_our_session_and_leads_to_the_provider_s_way_out(app, citizen, provider):
    token = citizen.get_cookie(CITIZEN_COOKIE).value

    answer = citizen.post("/sign-out")

    assert answer.status_code == 303
    assert answer.location.startswith(f"{provider.issuer}/session/end?id_token_hint=")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert citizen.get_cookie(CITIZEN_COOKIE) is None
    assert not signed_in(app, token)


def test_the_provider_ends_its_side_and_sends_the_browser_back(citizen):
    way_out = citizen.post("/sign-out").location

    back = requests.get(way_out, allow_redirects=False, timeout=5)

    assert back.status_code == 302
    page = citizen.get(path_of(back.headers["Location"]), headers=ENGLISH)
    assert page.status_code == 200
    assert "You are signed out" in page.text


def test_signing_out_is_never_a_mere_visit(citizen):
    assert citizen.get("/sign-out").status_code == 405


def test_another_site_cannot_sign_anybody_out(app, citizen):
    token = citizen.get_cookie(CITIZEN_COOKIE).value

    answer = citizen.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert signed_in(app, token)


def test_a_stranger_who_signs_out_just_sees_the_page(client, provider):
    assert client.post("/sign-out").location == "/signed-out"


def test_a_revoked_session_is_dead_on_the_next_request(app, citizen, as_actor):
    token = citizen.get_cookie(CITIZEN_COOKIE).value
    actor = sign_in_of(token).actor

    with as_actor(actor) as session:
        end_session(session, actor.session_id, reason="stolen")

    assert not signed_in(app, token)


def test_ending_twice_leaves_one_audit_line(app, citizen, as_actor, as_administrator):
    actor = sign_in_of(citizen.get_cookie(CITIZEN_COOKIE).value).actor

    for _ in range(2):
        with as_actor(actor) as session:
            end_session(session, actor.session_id, reason="stolen")

    with as_administrator() as connection:
        count = connection.execute(
            text(
                "SELECT count(*) FROM foundation.audit_event WHERE act = 'session.ended' AND object_id = :id"
            ),
            {"id": actor.session_id},
        ).scalar()
    assert count == 1


@pytest.mark.parametrize(("column", "age"), [("last_seen_at", "21 minutes"), ("expires_at", "9 hours")])
def test_a_session_does_not_outlive_its_time(app, citizen, as_administrator, column, age):
    token = citizen.get_cookie(CITIZEN_COOKIE).value

    with as_administrator() as connection:
        connection.execute(
            text(f"UPDATE identity.session SET {column} = {column} - interval '{age}' WHERE id = :id"),
            {"id": sign_in_of(token).actor.session_id},
        )

    assert not signed_in(app, token)


def test_a_doctor_whose_post_has_ended_is_out_at_once(app, client, people, provider, as_administrator):
    doctor = people.doctor()
    subject = provider.know(sub=f"sub-{doctor.id}", snils=doctor.snils, birth_date="1970-01-01")
    sign_in_with_card(client, subject, way="/staff/sign-in/demo-desk")
    token = client.get_cookie(STAFF_COOKIE).value
    assert sign_in_of(token)

    with as_administrator() as connection:
        connection.execute(
            text("UPDATE identity.staff_post SET ends_at = :at WHERE staff_id = :id"),
            {"at": now(), "id": doctor.id},
        )

    assert sign_in_of(token) is None


def test_the_database_keeps_no_token(citizen, as_administrator):
    token = citizen.get_cookie(CITIZEN_COOKIE).value

    with as_administrator() as connection:
        rows = connection.execute(text("SELECT row_to_json(s)::text FROM identity.session s")).scalars().all()

    assert rows
    assert not any(token in row for row in rows)


def test_the_secrets_of_the_demo_are_private_files(provider):
    folder = provider.settings.data_dir / "demo"
    demo_clients(provider.settings.data_dir)

    for name in ("portal_secret.json", "desk_key.json", "provider_key.json"):
        assert (folder / name).stat().st_mode & 0o077 == 0
        assert json.loads((folder / name).read_text())
