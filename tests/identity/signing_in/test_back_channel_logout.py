"""The provider ends a visit server to server; only its own, fresh and unused messages count."""

import json
import time
from dataclasses import replace

import pytest
import requests
from joserfc import jws
from joserfc.jwk import RSAKey

from foundation.database.transactions import transaction
from foundation.identifiers import new_id
from foundation.shared_counts import SharedCounts
from identity.providers.demo_profiles import demo_profiles
from identity.providers.logout_tokens import EVENT
from identity.providers.registry import Providers
from identity.providers.relying_party import RelyingParty
from identity.sessions.actions.sessions import replace_session
from identity.sessions.queries.provider_sessions import own_provider_session
from identity.sessions.queries.sessions import active_sessions_at_provider, sign_in_of
from identity.sessions.rules.browsers import UNKNOWN
from identity.signing_in.routes import back_channel_logouts
from tests.identity.journeys import CITIZEN_COOKIE, card_of, signed_in
from tests.identity.provider_process import serving, sign_in_with_card, signing_in_through
from tests.identity.providers.tokens import STRANGER

ADDRESS = "/identity/demo/back-channel-logout"


@pytest.fixture
def citizen(client, people, provider):
    patient = people.patient()
    sign_in_with_card(client, card_of(provider, patient))
    client.subject = f"sub-{patient.id}"
    return client


@pytest.fixture
def message(provider, citizen):
    """Makes a logout token as the provider would; what changes makes it wrong."""
    kept = json.loads((provider.settings.data_dir / "demo" / "provider_key.json").read_text())
    own_key = RSAKey.import_key(kept)

    def made(*, key=own_key, kind="logout+jwt", **changes):
        at = int(time.time())
        claims = {
            "iss": provider.issuer,
            "aud": "portal",
            "iat": at,
            "exp": at + 120,
            "jti": f"number-{time.monotonic_ns()}",
            "sub": citizen.subject,
            "events": {EVENT: {}},
        }
        claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        header = {"alg": "RS256", "kid": own_key.kid, **({"typ": kind} if kind else {})}
        return jws.serialize_compact(header, json.dumps(claims), key)

    return made


def test_ending_the_visit_at_the_provider_ends_our_session(app, citizen, provider):
    """The provider runs as a process of its own and calls us over the network."""
    token = citizen.get_cookie(CITIZEN_COOKIE).value
    hint = _id_token_of(token)

    with serving(app, provider.settings):
        requests.get(f"{provider.issuer}/session/end", params={"id_token_hint": hint}, timeout=5)

    assert not signed_in(app, token)


def test_a_right_message_ends_every_session_of_the_person(app, citizen, client, message):
    token = citizen.get_cookie(CITIZEN_COOKIE).value

    answer = app.test_client().post(ADDRESS, data={"logout_token": message()})

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Cache-Control"] == "no-store"
    assert not signed_in(app, token)


@pytest.mark.parametrize("kind", [None, "logout+jwt", "application/logout+jwt", "LOGOUT+JWT"])
def test_a_right_message_may_say_what_it_is_or_not(app, citizen, message, kind):
    token = citizen.get_cookie(CITIZEN_COOKIE).value

    answer = app.test_client().post(ADDRESS, data={"logout_token": message(kind=kind)})

    assert answer.status_code == 200
    assert not signed_in(app, token)


def test_a_message_ends_the_visit_of_whom_we_know_by_another_claim(app, client, people, provider, message):
    """The account is known by the claim of the profile, the visit by `sub`: messages carry no other."""
    own = provider.settings
    by_another_claim = [
        RelyingParty(replace(each, claims=replace(each.claims, subject="/sid")))
        for each in demo_profiles(own)
    ]
    patient = people.patient()
    with signing_in_through(app, own, Providers({each.profile.name: each for each in by_another_claim})):
        sign_in_with_card(client, card_of(provider, patient))
        token = client.get_cookie(CITIZEN_COOKIE).value
        answer = app.test_client().post(ADDRESS, data={"logout_token": message(sub=f"sub-{patient.id}")})

    assert answer.status_code == 200
    assert not signed_in(app, token)


def test_a_message_about_another_visit_ends_nothing(app, citizen, message):
    token = citizen.get_cookie(CITIZEN_COOKIE).value

    answer = app.test_client().post(ADDRESS, data={"logout_token": message(sid="another-visit")})

    assert answer.status_code == 200
    assert signed_in(app, token)


def test_a_session_that_is_replaced_at_that_moment_ends_in_its_new_shape(app, citizen, message, monkeypatch):
    former = sign_in_of(citizen.get_cookie(CITIZEN_COOKIE).value).actor
    began = []

    def asked_while_it_is_replaced(**whose):
        found = active_sessions_at_provider(**whose)
        if not began:
            with transaction(former) as session:
                at_provider = own_provider_session(session)
            with transaction(replace(former, session_id=new_id())) as session:
                began.append(
                    replace_session(session, former.session_id, at_provider=at_provider, browser=UNKNOWN)
                )
        return found

    monkeypatch.setattr(back_channel_logouts, "active_sessions_at_provider", asked_while_it_is_replaced)

    assert app.test_client().post(ADDRESS, data={"logout_token": message()}).status_code == 200
    assert not signed_in(app, began[0])


def test_a_message_counts_once(app, message):
    sent = message()

    first, again = (app.test_client().post(ADDRESS, data={"logout_token": sent}) for _ in range(2))

    assert (first.status_code, again.status_code) == (200, 400)


@pytest.mark.parametrize(
    "changes",
    [
        {"key": STRANGER},
        {"kind": "JWT"},
        {"iss": "https://other.example"},
        {"aud": "desk"},
        {"exp": int(time.time()) - 60},
        {"iat": int(time.time()) - 3600},
        {"events": None},
        {"events": {}},
        {"events": {EVENT: "now"}},
        {"events": [EVENT]},
        {"nonce": "a-nonce"},
        {"sub": None},
        {"sub": 7},
        {"jti": None},
        {"jti": ""},
    ],
)
def test_a_wrong_message_ends_nothing(app, citizen, message, changes):
    token = citizen.get_cookie(CITIZEN_COOKIE).value

    answer = app.test_client().post(ADDRESS, data={"logout_token": message(**changes)})

    assert answer.status_code == 400
    assert answer.json == {"error": "invalid_request"}
    assert signed_in(app, token)


def test_an_id_token_is_no_logout_message(app, citizen):
    token = citizen.get_cookie(CITIZEN_COOKIE).value

    answer = app.test_client().post(ADDRESS, data={"logout_token": _id_token_of(token)})

    assert answer.status_code == 400
    assert signed_in(app, token)


@pytest.mark.parametrize("body", [{}, {"logout_token": ""}, {"logout_token": "a.b.c"}, {"other": "x"}])
def test_nonsense_is_refused(client, provider, body):
    assert client.post(ADDRESS, data=body).status_code == 400


@pytest.fixture
def nobody_has_failed():
    """The counts stand in the database: empty before the test, and after it."""
    SharedCounts().reset()
    yield
    SharedCounts().reset()


def test_nonsense_from_one_address_is_answered_with_a_pause(client, message, nobody_has_failed):
    from_there = {"X-Forwarded-For": "198.51.100.7"}

    answers = [client.post(ADDRESS, data={"logout_token": "a.b.c"}, headers=from_there) for _ in range(25)]
    right = client.post(
        ADDRESS, data={"logout_token": message()}, headers={"X-Forwarded-For": "198.51.100.8"}
    )

    assert [answer.status_code for answer in answers].count(429) == 5
    assert right.status_code == 200


def test_right_messages_are_not_counted(client, message, nobody_has_failed):
    from_there = {"X-Forwarded-For": "198.51.100.7"}

    answers = [client.post(ADDRESS, data={"logout_token": message()}, headers=from_there) for _ in range(25)]

    assert {answer.status_code for answer in answers} == {200}


def test_an_unheard_of_provider_is_not_found(client, provider):
    assert client.post("/identity/unheard-of/back-channel-logout").status_code == 404


def _id_token_of(token):
    with transaction(sign_in_of(token).actor) as session:
        return own_provider_session(session).id_token
