"""The operator ends sessions from the command line, and whoever held one is out at once."""

import json
from functools import partial

import pytest
from sqlalchemy import text

import dispatch_backend.worklist.routes.events
from foundation.identifiers import new_id
from foundation.sealing import keyed_digest
from tests.event_process import event_process
from tests.identity.journeys import CITIZEN_COOKIE, STAFF_COOKIE, card_of
from tests.identity.provider_process import sign_in_with_card

# Where somebody is led whose session was ended.
ENDED_AT_HOME = "/sign-in?asked_for=/my&why=ended"
ENDED_AT_DESK = "/staff/sign-in?asked_for=/emr&why=ended"


@pytest.fixture
def run(command):
    return partial(command, "end-sessions")


def account_of(result):
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


def test_a_citizen_is_out_on_the_next_request_by_their_account(run, people, client_for):
    citizen, other = people.patient().actor, people.patient().actor
    browsers = [client_for(citizen), client_for(citizen)]
    bystander = client_for(other)
    assert [each.get("/my").status_code for each in (*browsers, bystander)] == [200, 200, 200]

    told = account_of(run("--account", citizen.account_id))

    assert told == {"sessions": 2, "ended": 2, "ended_meanwhile": 0}
    assert [each.get("/my").location for each in browsers] == [ENDED_AT_HOME, ENDED_AT_HOME]
    assert bystander.get("/my").status_code == 200


def test_a_member_of_staff_is_out_on_the_next_request(run, people, client_for):
    doctor, colleague = people.doctor(), people.doctor()
    browser, bystander = client_for(doctor.actor), client_for(colleague.actor)
    assert browser.get("/emr").status_code == 200

    assert account_of(run("--staff", doctor.id))["ended"] == 1

    assert browser.get("/emr").location == ENDED_AT_DESK
    assert bystander.get("/emr").status_code == 200


def test_a_person_is_out_by_their_snils_as_a_patient_and_as_staff(run, people, client_for, as_administrator):
    doctor = people.doctor()
    patient = people.patient()
    with as_administrator() as connection:
        digest = {"digest": keyed_digest(patient.snils), "id": doctor.id}
        connection.execute(
            text("UPDATE identity.staff_member SET national_identifier_digest = :digest WHERE id = :id"),
            digest,
        )
    at_home, at_desk, bystander = map(client_for, (patient.actor, doctor.actor, people.patient().actor))
    written = f"{patient.snils[:3]}-{patient.snils[3:6]}-{patient.snils[6:9]} {patient.snils[9:]}"

    told = account_of(run("--snils", written))

    assert told["ended"] == 2
    assert at_home.get("/my").location == ENDED_AT_HOME
    assert at_desk.get("/emr").location == ENDED_AT_DESK
    assert bystander.get("/my").status_code == 200


def test_a_snils_is_read_from_standard_input_where_nobody_sees_it_among_the_processes(
    run, people, client_for
):
    patient = people.patient()
    browser = client_for(patient.actor)

    assert account_of(run("--snils", "-", typed=f"{patient.snils}\n"))["ended"] == 1

    assert browser.get("/my").location == ENDED_AT_HOME


def test_everybody_is_out_when_all_are_ended(run, people, client_for):
    citizen, doctor = client_for(people.patient().actor), client_for(people.doctor().actor)

    told = account_of(run("--all"))

    assert told["ended"] == told["sessions"] >= 2
    assert citizen.get("/my").location == ENDED_AT_HOME
    assert doctor.get("/emr").location == ENDED_AT_DESK
    assert account_of(run("--all")) == {"sessions": 0, "ended": 0, "ended_meanwhile": 0}


def test_a_live_board_falls_silent(app, run, settings, people, client_for, monkeypatch):
    monkeypatch.setattr(dispatch_backend.worklist.routes.events, "HEARTBEAT_S", 0.05)
    dispatcher = people.dispatcher()
    token = client_for(dispatcher.actor).get_cookie(STAFF_COOKIE).value
    with event_process(settings) as events:
        board = events.test_client()
        board.set_cookie(STAFF_COOKIE, token)
        with board.get("/dispatch/events") as stream:
            pieces = stream.iter_encoded()
            assert b": listening" in next(pieces)
            assert b"ended" not in next(pieces)

            assert account_of(run("--staff", dispatcher.id))["ended"] == 1

            assert list(pieces)[-1] == b"event: ended\ndata:\n\n"
        assert board.get("/dispatch/events").status_code == 401


def test_each_end_is_a_line_in_the_audit_that_the_citizen_sees(run, people, client_for, as_administrator):
    patient = people.patient()
    browser = client_for(patient.actor)

    run("--account", patient.actor.account_id)

    with as_administrator() as connection:
        lines = connection.execute(
            text(
                "SELECT a.actor_kind, a.role, s.patient_id, e.reason FROM foundation.audit_event a "
                "JOIN identity.session s ON s.id = a.object_id JOIN identity.session_end e ON e.session_id = s.id "
                "WHERE a.act = 'session.ended' AND a.patient_id = :patient"
            ),
            {"patient": patient.id},
        ).all()
    assert lines == [("system", "operator", patient.id, "ended by the operator")]
    assert browser.get("/my").status_code == 303
    log = client_for(patient.actor).get("/my/access", headers={"Accept-Language": "en"}).text
    assert "The operator of the service" in log


def test_the_provider_s_token_goes_with_the_session(app, run, people, provider, as_administrator):
    browser, patient = app.test_client(), people.patient()
    sign_in_with_card(browser, card_of(provider, patient))
    assert browser.get_cookie(CITIZEN_COOKIE)
    left = text("SELECT count(*) FROM identity.id_token NATURAL JOIN identity.session_end")
    run("--all")

    with as_administrator() as connection:
        assert connection.execute(left).scalar_one() == 0
        assert connection.execute(text("SELECT count(*) FROM identity.id_token")).scalar_one() == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Say whose sessions"),
        (["--all", "--staff", new_id()], "Say whose sessions"),
        (["--account", new_id(), "--staff", new_id()], "Say whose sessions"),
        (["--account", "01a208f6-5344-7036-8a74-0f886c5baf7a"], "There is no account 01a208f6"),
        (["--staff", "01a208f6-5344-7036-8a74-0f886c5baf7a"], "There is no member of staff 01a208f6"),
        (["--staff", "somebody"], "is not a valid UUID"),
        (["--snils", "112-233-445 95", "--all"], "Say whose sessions"),
        (["--snils", "112-233-445 96"], "This is no SNILS"),
        (["--snils", "999-999-999 01"], "Nobody is known by this SNILS"),
    ],
)
def test_what_names_nobody_ends_nothing_and_says_so(run, people, client_for, words, sentence):
    browser = client_for(people.patient().actor)

    result = run(*words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert browser.get("/my").status_code == 200
