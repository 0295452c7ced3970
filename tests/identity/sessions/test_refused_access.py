"""Who asks for what they do not get leaves a line, and who leafs through records or guesses at them waits: in every process alike."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from foundation import audit, reading_pace
from foundation.actor import Actor
from foundation.errors import RateLimited
from foundation.recent_keys import RecentKeys
from identity.sessions.actions import refused_access
from tests.pages import read

STUDY = "1.2.826.0.1.3680043.8.498.1"


@pytest.fixture
def lines_of(as_administrator):
    """What the audit says that an account did, the oldest first."""

    def told(actor: Actor, like: str = "access.%"):
        asked = text(
            "SELECT act, object_kind, object_id, reason, session_id, patient_id, role FROM foundation.audit_event "
            "WHERE account_id = :account AND act LIKE :acts ORDER BY id"
        )
        with as_administrator() as connection:
            return connection.execute(asked, {"account": actor.account_id, "acts": like}).all()

    return told


def test_what_is_not_theirs_leaves_a_line_with_who_asked_for_what(people, client_for, lines_of):
    doctor, stranger = people.doctor(), people.patient()

    answer = client_for(doctor.actor).get(f"/emr/patients/{stranger.id}")

    assert answer.status_code == 404
    [line] = lines_of(doctor.actor)
    assert (line.act, line.object_kind, line.object_id) == (
        "access.fruitless",
        "emr.patients.show",
        stranger.id,
    )
    assert line.session_id is not None
    assert (line.patient_id, line.reason, line.role) == (None, "", "doctor")


def test_what_their_role_does_not_do_leaves_a_line(people, client_for, lines_of):
    doctor = people.doctor()

    assert client_for(doctor.actor).get("/dispatch").status_code == 403

    assert [(each.act, each.object_kind) for each in lines_of(doctor.actor)] == [
        ("access.refused", "dispatch.queue.index")
    ]


def test_a_guessed_study_is_named_and_words_that_somebody_typed_are_not(people, client_for, lines_of):
    doctor = people.doctor()
    browser = client_for(doctor.actor)

    browser.get(f"/emr/archive/studies/{STUDY}/series")
    browser.get("/emr/archive/studies/Иванова/series")

    assert [each.reason for each in lines_of(doctor.actor)] == [STUDY, ""]


def test_a_citizen_who_asks_for_another_s_record_leaves_a_line(people, client_for, lines_of):
    citizen, stranger = people.patient(), people.patient()

    answer = client_for(citizen.actor).get(f"/fhir/Patient/{stranger.id}")

    assert answer.status_code == 404
    assert [(each.act, each.object_id) for each in lines_of(citizen.actor)] == [
        ("access.fruitless", stranger.id)
    ]


def test_a_page_that_is_theirs_leaves_no_such_line(people, client_for, lines_of):
    doctor = people.doctor()
    patient = people.patient(cared_for_at=doctor.facility_id)

    assert client_for(doctor.actor).get(f"/emr/patients/{patient.id}").status_code == 200

    assert lines_of(doctor.actor) == []


@pytest.mark.parametrize(("language", "words"), [("en", "wait a minute"), ("ru", "Подождите минуту")])
def test_whoever_guesses_waits_and_still_reads_what_is_theirs(
    people, client_for, lines_of, language, words, monkeypatch
):
    monkeypatch.setattr(refused_access, "MOST_A_MINUTE", 3)
    doctor = people.doctor()
    patient = people.patient(cared_for_at=doctor.facility_id)
    browser = client_for(doctor.actor)

    answers = [
        browser.get(f"/emr/patients/{uuid4()}", headers={"Accept-Language": language}) for _ in range(6)
    ]

    assert [each.status_code for each in answers] == [404] * 3 + [429] * 3
    assert words in read(answers[-1])
    assert answers[-1].headers["Retry-After"] == "60"
    # One line says that it went on; more would let anybody fill the audit.
    assert [each.act for each in lines_of(doctor.actor)] == ["access.fruitless"] * 3 + ["access.paced"]
    assert browser.get(f"/emr/patients/{patient.id}").status_code == 200


def test_the_guesses_of_one_account_stop_nobody_else(people, client_for, monkeypatch):
    monkeypatch.setattr(refused_access, "MOST_A_MINUTE", 0)
    guessing, other = people.doctor(), people.doctor()

    assert client_for(guessing.actor).get(f"/emr/patients/{uuid4()}").status_code == 429
    monkeypatch.setattr(refused_access, "MOST_A_MINUTE", 3)

    assert client_for(other.actor).get(f"/emr/patients/{uuid4()}").status_code == 404


@pytest.mark.parametrize(("language", "words"), [("en", "wait a minute"), ("ru", "Подождите минуту")])
def test_whoever_opens_chart_after_chart_waits(people, client_for, lines_of, monkeypatch, language, words):
    monkeypatch.setattr(reading_pace, "MOST_A_MINUTE", 2)
    doctor = people.doctor()
    patients = [people.patient(cared_for_at=doctor.facility_id) for _ in range(3)]
    browser = client_for(doctor.actor)

    def opened(patient):
        return browser.get(f"/emr/patients/{patient.id}", headers={"Accept-Language": language})

    answers = [opened(each) for each in patients]

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert words in read(answers[-1])
    assert "Тестова" not in answers[-1].text
    assert [(each.act, each.object_id) for each in lines_of(doctor.actor)] == [
        ("access.paced", patients[2].id)
    ]
    assert opened(patients[0]).status_code == 200


def test_the_same_chart_may_be_opened_as_often_as_one_likes(people, client_for, monkeypatch):
    monkeypatch.setattr(reading_pace, "MOST_A_MINUTE", 1)
    # As if each request came to another process.
    monkeypatch.setattr(reading_pace, "_counted", RecentKeys(capacity=0))
    doctor = people.doctor()
    patient = people.patient(cared_for_at=doctor.facility_id)
    browser = client_for(doctor.actor)

    assert {browser.get(f"/emr/patients/{patient.id}").status_code for _ in range(5)} == {200}


def test_searches_are_paced_as_charts_are(people, client_for, monkeypatch):
    from tests.pages import filled

    monkeypatch.setattr(reading_pace, "MOST_A_MINUTE", 2)
    doctor = people.doctor()
    browser = client_for(doctor.actor)
    form = filled(browser.get("/emr"), text="Тестова Анна")

    answers = [browser.post("/emr/searches", data=form, follow_redirects=True) for _ in range(3)]

    assert [each.status_code for each in answers] == [200, 200, 429]


@pytest.fixture
def reading(people, as_actor, as_administrator):
    """A doctor who opens records, and the clock of what was counted of them."""
    doctor = people.doctor()

    def opens(*, times: int = 1) -> None:
        for _ in range(times):
            with as_actor(doctor.actor) as session:
                audit.record(session, act="chart.opened", patient_id=uuid4())

    def later(interval: str) -> None:
        with as_administrator() as connection:
            connection.execute(
                text(
                    "UPDATE foundation.recent_reading SET read_at = read_at - CAST(:later AS interval) "
                    "WHERE account_id = :account"
                ),
                {"later": interval, "account": doctor.actor.account_id},
            )

    return opens, later, doctor.actor


def test_a_minute_later_it_goes_on_and_an_hour_has_its_own_measure(reading, monkeypatch):
    monkeypatch.setattr(reading_pace, "MOST_A_MINUTE", 2)
    monkeypatch.setattr(reading_pace, "MOST_AN_HOUR", 3)
    opens, later, _ = reading
    opens(times=2)
    with pytest.raises(RateLimited):
        opens()

    later("61 seconds")
    opens()
    with pytest.raises(RateLimited):
        opens()
    later("1 hour")

    opens(times=2)


def test_a_hurried_doctor_is_never_stopped(reading):
    opens, later, _ = reading

    for _ in range(3):
        opens(times=40)
        later("61 seconds")


def test_what_is_counted_is_forgotten_by_itself(reading, as_worker, as_actor):
    opens, later, actor = reading
    opens(times=2)
    later("2 hours")

    with as_worker() as session:
        assert reading_pace.sweep_readings(session) >= 2
    with as_actor(actor) as session:
        assert session.scalars(text("SELECT record_id FROM foundation.recent_reading")).all() == []


def test_nobody_sees_or_uses_up_the_count_of_another(reading, people, as_actor):
    opens, _, _actor = reading
    opens()
    other = people.doctor()

    with as_actor(other.actor) as session:
        session.execute(text("DELETE FROM foundation.recent_reading"))
        assert session.scalars(text("SELECT record_id FROM foundation.recent_reading")).all() == []


def test_a_process_of_our_own_and_a_citizen_are_not_counted(people, as_actor, as_loader, monkeypatch):
    monkeypatch.setattr(reading_pace, "MOST_A_MINUTE", 0)
    citizen = people.patient()

    with as_actor(citizen.actor) as session:
        audit.record(session, act="home.opened", patient_id=citizen.id)
    with as_loader() as session:
        audit.record(session, act="chart.opened", patient_id=citizen.id)
