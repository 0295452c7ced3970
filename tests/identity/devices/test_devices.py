"""A person sees where they are signed in, and signs out there; nobody sees or ends what is another's."""

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

import app_factory
from foundation.actor import Actor, ActorKind
from foundation.clock import now
from foundation.identifiers import new_id
from foundation.postgres.roles import WEB
from identity.roles import Role
from identity.sessions.rules.browsers import browser_named
from identity.sessions.tables.accounts import PatientLink
from tests.architecture.walking import token_for
from tests.identity.journeys import CITIZEN_COOKIE, ENGLISH, STAFF_COOKIE, card_of
from tests.identity.provider_process import sign_in_with_card
from tests.pages import hidden_fields, read
from tests.people import give_post
from tests.signing_in import begin_session

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ROOT = Path(__file__).parent.parent.parent.parent


@pytest.fixture
def elsewhere(engines):
    """Begin a session of a person on another device."""
    return lambda actor: begin_session(actor, engines["administrator"])


@pytest.fixture
def changed(as_administrator):
    """Change a column of a session."""

    def change(session_id, **columns):
        (name, value), *_ = columns.items()
        with as_administrator() as connection:
            connection.execute(
                text(f"UPDATE identity.session SET {name} = :value WHERE id = :id"),
                {"value": value, "id": session_id},
            )

    return change


def end(browser, address, session_id):
    form = {"csrf_token": token_for(browser), "idempotency_key": uuid4().hex}
    return browser.post(f"{address}/{session_id}/end", data=form, headers=ENGLISH)


def test_a_citizen_sees_this_device_and_the_others(client_for, people, elsewhere, changed):
    patient = people.patient()
    browser, other = client_for(patient.actor), elsewhere(patient.actor)
    changed(other.id, browser_family="Firefox")

    page = read(browser.get("/my/devices", headers=ENGLISH))

    assert page.count("Signed in:") == 2
    assert page.index("This device") < page.index("Firefox")
    assert page.count("Sign out there") == 1


def test_a_sign_in_tells_its_browser_and_its_provider(app, people, provider):
    browser = app.test_client()
    browser.environ_base["HTTP_USER_AGENT"] = FIREFOX
    sign_in_with_card(browser, card_of(provider, people.patient()))

    page = read(browser.get("/my/devices", headers=ENGLISH))

    assert "Firefox, Linux This device" in page
    assert "Signed in with: Demo" in page
    assert "You are signed in nowhere else." in page


def test_staff_see_the_place_of_work_of_each_device(client_for, people, as_loader, elsewhere):
    doctor, second = people.doctor(), people.facility()
    with as_loader() as session:
        give_post(session, doctor.id, second, Role.DOCTOR)
    browser = client_for(doctor.actor)
    elsewhere(
        Actor(ActorKind.STAFF, doctor.actor.account_id, staff_id=doctor.id, facility_id=second, role="doctor")
    )

    page = read(browser.get("/staff/devices", headers=ENGLISH))

    assert page.count("Polyclinic of the test") == 3  # the head of the page says it once
    assert page.count("Sign out there") == 1


@pytest.mark.parametrize(
    "over",
    [
        {"expires_at": now() - timedelta(minutes=1)},
        {"last_seen_at": now() - timedelta(minutes=21)},
    ],
)
def test_a_session_that_ran_out_is_no_device(client_for, people, elsewhere, changed, over):
    patient = people.patient()
    browser, other = client_for(patient.actor), elsewhere(patient.actor)
    changed(other.id, **over)

    assert read(browser.get("/my/devices", headers=ENGLISH)).count("Signed in:") == 1


def test_a_session_at_a_post_that_has_ended_is_no_device(client_for, people, elsewhere):
    doctor = people.doctor()
    browser = client_for(doctor.actor)
    left = people.facility()
    elsewhere(
        Actor(ActorKind.STAFF, doctor.actor.account_id, staff_id=doctor.id, facility_id=left, role="doctor")
    )

    assert read(browser.get("/staff/devices", headers=ENGLISH)).count("Signed in:") == 1


def test_another_account_of_the_same_person_is_theirs_too(client_for, people, elsewhere, as_actor, walls):
    """Once both are linked to the patient; whoever acts for the patient with an account of their own sees nothing of it."""
    patient = people.patient()
    twin = Actor(ActorKind.CITIZEN, new_id(), patient_id=patient.id, role="patient")
    browser, other = client_for(patient.actor), elsewhere(twin)
    before = read(browser.get("/my/devices", headers=ENGLISH)).count("Signed in:")
    with as_actor(patient.actor) as session:
        session.add(
            PatientLink(account_id=patient.actor.account_id, patient_id=patient.id, basis="test", level=3)
        )

    listed = read(browser.get("/my/devices", headers=ENGLISH)).count("Signed in:")
    answer = end(browser, "/my/devices", other.id)

    assert (before, listed, answer.status_code) == (1, 2, 303)


def test_the_desk_and_the_record_of_one_person_are_listed_apart(client_for, people, elsewhere):
    doctor, patient = people.doctor(), people.patient()
    at_desk = client_for(doctor.actor)
    elsewhere(Actor(ActorKind.CITIZEN, doctor.actor.account_id, patient_id=patient.id, role="patient"))

    assert read(at_desk.get("/staff/devices", headers=ENGLISH)).count("Signed in:") == 1


@pytest.mark.parametrize(
    ("role", "address", "cookie"),
    [("patient", "/my/devices", CITIZEN_COOKIE), ("doctor", "/staff/devices", STAFF_COOKIE)],
)
def test_signing_out_elsewhere_is_felt_by_every_process_within_a_second(
    app, settings, postgres, people, client_for, elsewhere, role, address, cookie
):
    person = getattr(people, role)()
    browser, other = client_for(person.actor), elsewhere(person.actor)
    beside = app_factory.create_app(settings).test_client()
    beside.set_cookie(cookie, other.token)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.identity.token_process", postgres.url(WEB)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def asked():
            print(other.token, file=process.stdin, flush=True)
            return process.stdout.readline().strip(), beside.get(address).status_code

        before = asked()
        form = hidden_fields(browser.get(address))
        ended_at = time.monotonic()
        answer = browser.post(f"{address}/{other.id}/end", data=form)
        after, took_s = asked(), time.monotonic() - ended_at
        process.stdin.close()

    assert (before, answer.status_code, after) == (("signed in", 200), 303, ("a stranger", 303))
    assert took_s < 1
    assert browser.get(address).status_code == 200


def test_all_others_end_at_once_and_this_one_stays(app, client_for, people, elsewhere):
    patient, stranger = people.patient(), people.patient()
    browser, others = client_for(patient.actor), [elsewhere(patient.actor) for _ in range(3)]
    strangers = client_for(stranger.actor)

    form = hidden_fields(browser.get("/my/devices"))
    browser.post("/my/devices/ends", data=form, headers=ENGLISH)

    page = read(browser.get("/my/devices", headers=ENGLISH))
    assert "Signed out everywhere but here." in page
    assert page.count("Signed in:") == 1
    assert strangers.get("/my/devices").status_code == 200
    for each in others:
        visitor = app.test_client()
        visitor.set_cookie(CITIZEN_COOKIE, each.token)
        assert visitor.get("/my").status_code == 303


def test_signing_out_elsewhere_stands_in_the_list_of_accesses(client_for, people, elsewhere, as_actor):
    patient = people.patient()
    browser, other = client_for(patient.actor), elsewhere(patient.actor)

    end(browser, "/my/devices", other.id)

    with as_actor(patient.actor) as session:
        asked = text("SELECT act FROM foundation.audit_event WHERE object_id = :id AND patient_id = :patient")
        assert session.scalars(asked, {"id": other.id, "patient": patient.id}).all() == ["session.ended"]


def test_whose_session_it_is_is_told_to_nobody_else(client_for, people, elsewhere, walls):
    browser, foreign = client_for(people.patient().actor), elsewhere(people.patient().actor)

    answers = [end(browser, "/my/devices", each) for each in (foreign.id, uuid4())]

    assert [each.status_code for each in answers] == [404, 404]
    assert "Signed out there" not in answers[0].text


def test_this_device_signs_out_by_its_own_button(client_for, people, as_administrator):
    patient = people.patient()
    browser = client_for(patient.actor)
    with as_administrator() as connection:
        own = connection.execute(
            text("SELECT id FROM identity.session WHERE patient_id = :id"), {"id": patient.id}
        ).scalar_one()

    answer = end(browser, "/my/devices", own)

    assert answer.status_code == 409
    assert browser.get("/my").status_code == 200


def test_one_that_is_signed_out_already_stays_so(client_for, people, elsewhere):
    patient = people.patient()
    browser, other = client_for(patient.actor), elsewhere(patient.actor)

    answers = [end(browser, "/my/devices", other.id) for _ in range(2)]

    assert [each.status_code for each in answers] == [303, 303]


@pytest.mark.parametrize(
    ("user_agent", "named"),
    [
        (FIREFOX, ("Firefox", "Linux")),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 YaBrowser/25.10.0.0 Safari/537.36",
            ("Yandex Browser", "Windows"),
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
            ("Edge", "Windows"),
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
            ("Safari", "iPhone"),
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
            ("Chrome", "Android"),
        ),
        ("<script>", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_browser_is_known_by_its_family_and_system_alone(user_agent, named):
    assert tuple(browser_named(user_agent)) == named
