"""The whole way of a citizen, against the demo provider as a process of its own."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import select, text

from foundation.clock import now
from foundation.language.dates import Precision
from foundation.sealing import token_digest
from identity.sessions.tables.accounts import Account, PatientLink
from identity.sessions.tables.sessions import Session
from identity.signing_in.tables import SignInAttempt
from tests.identity.journeys import CITIZEN_COOKIE, ENGLISH, attempt_of, card_of, signed_in
from tests.identity.provider_process import leave_for, parameters_of, path_of, show_card, sign_in_with_card
from tests.people import new_snils


@pytest.fixture
def rows(as_administrator):
    """Ask the database as its administrator, above row-level security."""

    def ask(statement):
        with as_administrator() as connection:
            return connection.execute(statement).all()

    return ask


def test_a_citizen_signs_in_with_a_card(client, people, provider, rows):
    patient = people.patient()

    answer = sign_in_with_card(client, card_of(provider, patient))

    assert answer.status_code == 303
    token = client.get_cookie(CITIZEN_COOKIE).value
    kept = rows(select(Session.patient_id, Session.role).where(Session.token_sha256 == token_digest(token)))
    assert [tuple(row) for row in kept] == [(patient.id, "patient")]


def test_a_year_of_birth_is_no_proof_of_who_signs_in(client, people, provider, rows):
    patient = people.patient(birth_date=date(1961, 1, 1), birth_precision=Precision.YEAR)

    sign_in_with_card(client, card_of(provider, patient))

    assert rows(select(PatientLink.id).where(PatientLink.patient_id == patient.id)) == []


def test_the_request_to_the_provider_carries_long_random_numbers(client, provider):
    first, second = (parameters_of(leave_for(client, "/sign-in/demo")) for _ in range(2))

    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 32
        assert first[name] != second[name]
    assert first["code_challenge_method"] == "S256"
    assert first["response_type"] == "code"
    assert first["max_age"] == "3600"


def test_the_attempt_lies_on_our_side_and_only_as_digests(client, provider, rows):
    state = parameters_of(leave_for(client, "/sign-in/demo"))["state"]
    name, _value = attempt_of(client)
    cookie = client.get_cookie(name)

    kept = rows(select(SignInAttempt.browser_sha256).where(SignInAttempt.state_sha256 == token_digest(state)))

    assert [bytes(row.browser_sha256) for row in kept] == [token_digest(cookie.value)]
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert cookie.max_age == 600


def test_signing_in_links_the_account_and_leaves_audit_lines(client, people, provider, rows):
    patient = people.patient()

    sign_in_with_card(client, card_of(provider, patient))
    client.post("/sign-out")

    links = rows(
        select(PatientLink.basis, PatientLink.level, Account.issuer)
        .join(Account, Account.id == PatientLink.account_id)
        .where(PatientLink.patient_id == patient.id)
    )
    assert [tuple(row) for row in links] == [("national identifier and birth date", 3, provider.issuer)]
    acts = rows(
        text("SELECT act FROM foundation.audit_event WHERE patient_id = :id ORDER BY id").bindparams(
            id=patient.id
        )
    )
    assert [row.act for row in acts][-2:] == ["session.started", "session.ended"]


def test_a_callback_serves_once(client, people, provider):
    patient = people.patient()
    callback = show_card(leave_for(client, "/sign-in/demo"), card_of(provider, patient))
    name, value = attempt_of(client)

    first = client.get(callback)
    client.set_cookie(name, value)
    client.delete_cookie(CITIZEN_COOKIE)
    again = client.get(callback, headers=ENGLISH)

    assert (first.status_code, again.status_code) == (303, 400)
    assert "Start again" in again.text


def test_of_two_callbacks_at_the_same_moment_one_is_served(app, people, provider):
    patient = people.patient()
    browser = app.test_client()
    callback = show_card(leave_for(browser, "/sign-in/demo"), card_of(provider, patient))
    name, value = attempt_of(browser)

    def come_back(_number):
        twin = app.test_client()
        twin.set_cookie(name, value)
        return twin.get(callback).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(come_back, range(4)))

    assert answers == [303, 400, 400, 400]


def test_another_browser_cannot_finish_a_sign_in(app, client, people, provider):
    patient = people.patient()
    callback = show_card(leave_for(client, "/sign-in/demo"), card_of(provider, patient))
    stranger = app.test_client()
    leave_for(stranger, "/sign-in/demo")

    assert stranger.get(callback).status_code == 400
    assert stranger.get_cookie(CITIZEN_COOKIE) is None
    assert client.get(callback).status_code == 303


@pytest.mark.parametrize(
    "forge",
    [
        {"state": "made-up"},
        {"state": None},
        {"code": "made-up"},
        {"code": None},
        {"code": "zero\x00byte"},
        {"iss": "https://other.example"},
        {"iss": None},
        {"error": "access_denied"},
        {"code": "x" * 5000},
    ],
)
def test_a_forged_callback_is_refused_calmly(client, people, provider, rows, forge):
    patient = people.patient()
    callback = show_card(leave_for(client, "/sign-in/demo"), card_of(provider, patient))
    parameters = {
        name: value for name, value in {**parameters_of(callback), **forge}.items() if value is not None
    }

    answer = client.get(f"/sign-in/demo/callback?{urlencode(parameters)}", headers=ENGLISH)

    assert answer.status_code == 400
    assert "Start again" in answer.text
    assert client.get_cookie(CITIZEN_COOKIE) is None
    assert rows(select(Session.id).where(Session.patient_id == patient.id)) == []


@pytest.mark.parametrize(
    "query",
    ["", "?state=a&state=b", "?code=1", "?state=%00&code=%ff", "?state=" + "x" * 9000, "?error=%3Cscript%3E"],
)
def test_a_callback_out_of_nowhere_is_refused_calmly(client, provider, query):
    answer = client.get(f"/sign-in/demo/callback{query}")

    assert answer.status_code == 400
    assert "<script>" not in answer.text


def test_a_repeated_parameter_is_refused(client, people, provider):
    patient = people.patient()
    callback = show_card(leave_for(client, "/sign-in/demo"), card_of(provider, patient))

    assert client.get(f"{callback}&code=another").status_code == 400


def test_a_sign_in_that_took_too_long_is_refused(client, people, provider, as_administrator):
    patient = people.patient()
    callback = show_card(leave_for(client, "/sign-in/demo"), card_of(provider, patient))
    with as_administrator() as connection:
        connection.execute(
            text("UPDATE identity.sign_in_attempt SET began_at = began_at - interval '11 minutes'")
        )

    assert client.get(callback).status_code == 400


def test_the_session_changes_with_every_sign_in(client, people, provider):
    client.set_cookie(CITIZEN_COOKIE, "planted-by-somebody")
    patient = people.patient()
    subject = card_of(provider, patient)

    sign_in_with_card(client, subject)
    first = client.get_cookie(CITIZEN_COOKIE).value
    sign_in_with_card(client, subject)
    second = client.get_cookie(CITIZEN_COOKIE).value

    assert len({"planted-by-somebody", first, second}) == 3
    assert len(second) >= 43


def test_the_session_before_is_dead_after_a_new_sign_in(app, client, people, provider):
    patient = people.patient()
    subject = card_of(provider, patient)
    sign_in_with_card(client, subject)
    first = client.get_cookie(CITIZEN_COOKIE).value
    sign_in_with_card(client, subject)

    assert not signed_in(app, first)
    assert signed_in(app, client.get_cookie(CITIZEN_COOKIE).value)


def test_everybody_unknown_sees_the_same_page(client, people, provider, rows):
    patient = people.patient()
    accounts = len(rows(select(Account.id)))
    wrong = patient.snils[:-2] + f"{(int(patient.snils[-2:]) + 1) % 100:02}"

    answers = []
    for changes in (
        {"snils": new_snils()},
        {"birth_date": "1960-05-04"},
        {"snils": wrong},
        {"snils": ""},
    ):
        answers.append(sign_in_with_card(client, card_of(provider, patient, **changes)))

    assert {answer.status_code for answer in answers} == {403}
    # The form holds what each has proven, sealed, and its guard.
    assert len({re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}) == 1
    assert client.get_cookie(CITIZEN_COOKIE) is None
    assert len(rows(select(Account.id))) == accounts


def test_a_level_below_what_was_asked_is_refused_before_anybody_is_looked_for(client, people, provider):
    known, unknown = people.patient(), new_snils()

    answers = [
        sign_in_with_card(client, card_of(provider, known, **changes), level="low")
        for changes in ({}, {"snils": unknown})
    ]

    assert {answer.status_code for answer in answers} == {400}
    assert len({answer.text for answer in answers}) == 1
    assert client.get_cookie(CITIZEN_COOKIE) is None


def test_a_substantial_level_is_enough(client, people, provider):
    patient = people.patient()

    assert sign_in_with_card(client, card_of(provider, patient), level="substantial").status_code == 303


def test_a_citizen_s_card_opens_no_desk(client, people, provider):
    patient = people.patient()

    answer = sign_in_with_card(client, card_of(provider, patient), way="/staff/sign-in/demo-desk")

    assert answer.status_code == 403


def test_a_way_for_staff_is_no_way_for_citizens(client, provider):
    assert client.post("/sign-in/demo-desk").status_code == 404
    assert client.post("/staff/sign-in/demo").status_code == 404
    assert client.post("/sign-in/unheard-of").status_code == 404


def test_forgotten_attempts_are_dropped(client, provider, as_administrator, rows):
    old = parameters_of(leave_for(client, "/sign-in/demo"))["state"]
    with as_administrator() as connection:
        connection.execute(
            text("UPDATE identity.sign_in_attempt SET began_at = :at"), {"at": now() - timedelta(minutes=11)}
        )

    leave_for(client, "/sign-in/demo")

    assert rows(select(SignInAttempt.provider).where(SignInAttempt.state_sha256 == token_digest(old))) == []


def test_the_policy_lets_the_sign_in_form_end_at_the_provider(client, provider):
    policy = client.get("/sign-in").headers["Content-Security-Policy"]

    assert f"form-action 'self' {provider.issuer}" in policy


def test_the_callback_s_address_is_ours_alone(client, provider):
    assert (
        path_of(parameters_of(leave_for(client, "/sign-in/demo"))["redirect_uri"])
        == "/sign-in/demo/callback?"
    )
