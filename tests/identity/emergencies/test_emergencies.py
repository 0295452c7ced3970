"""A record is opened without care: to one person, for an hour, told to the patient, and judged."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from foundation.actor import Actor
from foundation.clock import now
from foundation.errors import NotFound, RuleBroken, Stale
from foundation.outbox import OutboxMessage
from identity.access.rules.emergencies import minutes_left
from identity.emergencies.actions import judge_emergency
from identity.emergencies.enumerations import Verdict
from identity.emergencies.queries import FacilityFigures, emergencies_to_judge
from identity.patients.queries.patients import patient_card
from identity.roles import Role
from tests.identity.emergencies.factories import WORDS, open_record, opened_record
from tests.pages import hidden_fields
from tests.people import new_snils


@pytest.fixture
def stranger(people):
    """A patient in nobody's care here."""
    return people.patient(cared_for_at=people.facility())


def _waiting_of(session, patient):
    return [each for each in emergencies_to_judge(session).cards if each.patient_id == patient.id]


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.NURSE])
def test_the_record_opens_to_who_asked_alone(people, as_actor, client_for, stranger, role):
    asks = people.staff(role)
    beside = people.doctor(facility_id=asks.facility_id)
    with as_actor(asks.actor) as session:
        assert open_record(session, stranger) == stranger.id

    with as_actor(asks.actor) as session:
        assert patient_card(session, stranger.id).emergency_minutes == 60
    chart = client_for(asks.actor).get(f"/emr/patients/{stranger.id}", headers={"Accept-Language": "en"})
    assert "Opened in an emergency." in chart.text
    assert client_for(beside.actor).get(f"/emr/patients/{stranger.id}").status_code == 404


def test_after_an_hour_it_is_closed(people, as_actor, as_administrator, client_for, stranger):
    doctor = people.doctor()
    with as_actor(doctor.actor) as session:
        open_record(session, stranger)
    with as_administrator() as connection:
        connection.execute(
            text(
                "UPDATE identity.care_relation SET began_at = began_at - interval '60 minutes', "
                "ends_at = ends_at - interval '60 minutes' WHERE staff_id = :staff"
            ),
            {"staff": doctor.id},
        )

    assert client_for(doctor.actor).get(f"/emr/patients/{stranger.id}").status_code == 404


def test_another_number_or_day_names_nobody(people, as_actor, stranger):
    doctor = people.doctor()
    for told in ({"snils": new_snils()}, {"birth_date": stranger.birth_date + timedelta(days=1)}):
        with as_actor(doctor.actor) as session, pytest.raises(NotFound):
            open_record(session, stranger, **told)


def test_the_fourth_within_a_day_is_refused(people, as_actor):
    doctor = people.doctor()
    for _ in range(3):
        with as_actor(doctor.actor) as session:
            open_record(session, people.patient())

    with as_actor(doctor.actor) as session, pytest.raises(RuleBroken):
        open_record(session, people.patient())


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.DISPATCHER, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR])
def test_nobody_else_opens_a_record_so(people, as_actor, client_for, stranger, role):
    other = people.staff(role)
    assert client_for(other.actor).get("/staff/emergencies/new").status_code == 403
    with pytest.raises(ProgrammingError, match="opens nothing"), as_actor(other.actor) as session:
        open_record(session, stranger)


def test_a_doctor_away_from_their_post_opens_nothing(people, as_actor, stranger):
    doctor = people.doctor()
    with as_actor(doctor.actor):
        pass
    elsewhere = Actor(**{**_fields(doctor.actor), "facility_id": people.facility()})
    with pytest.raises(ProgrammingError, match="opens nothing"), as_actor(elsewhere) as session:
        open_record(session, stranger)


def _fields(actor):
    return {name: getattr(actor, name) for name in actor.__dataclass_fields__}


def test_the_patient_is_told_at_once(people, app, as_actor, as_worker, client_for, stranger):
    with as_actor(people.doctor().actor) as session:
        open_record(session, stranger)
    with as_worker() as session:
        (told,) = session.scalars(
            select(OutboxMessage.payload).where(
                OutboxMessage.topic == "emergency.opened",
                OutboxMessage.payload["patient_id"].astext == str(stranger.id),
            )
        )
        for handler in app.extensions["handlers"]["emergency.opened"]:
            handler(session, told)

    home = client_for(stranger.actor).get("/my", headers={"Accept-Language": "en"}).text
    log = client_for(stranger.actor).get("/my/access", headers={"Accept-Language": "en"}).text
    assert "Somebody opened your record in an emergency" in home
    assert "Your record was opened in an emergency" in log
    assert WORDS in log


def test_it_waits_for_a_verdict_and_leaves_the_queue_by_one_alone(people, as_actor, client_for, stranger):
    with as_actor(people.doctor().actor) as session:
        open_record(session, stranger)
    officer = people.staff(Role.PRIVACY_OFFICER, facility_id=people.center())
    with as_actor(officer.actor) as session:
        (waiting,) = _waiting_of(session, stranger)
    browser = client_for(officer.actor)
    address = f"/privacy/emergencies/{waiting.id}"
    page = browser.get(address, headers={"Accept-Language": "en"})
    assert WORDS in page.text
    assert stranger.snils not in page.text

    empty = browser.post(address, data=hidden_fields(page))
    assert empty.status_code == 422
    given = browser.post(
        address,
        data={
            **hidden_fields(page),
            "verdict": "not_justified",
            "words": "The patient was well and at home.",
        },
    )

    assert given.status_code == 303
    with as_actor(officer.actor) as session:
        assert _waiting_of(session, stranger) == []
        (figures,) = [
            each for each in emergencies_to_judge(session).figures if each.facility_id == waiting.facility_id
        ]
        assert figures == FacilityFigures(waiting.facility_id, opened=1, justified=0, not_justified=1)
    with as_actor(officer.actor) as session, pytest.raises(Stale):
        judge_emergency(session, waiting.id, verdict=Verdict.JUSTIFIED, words="It was justified after all.")


def test_nobody_judges_what_they_opened_themselves(people, as_actor, stranger):
    doctor = people.doctor()
    with as_actor(doctor.actor) as session:
        opened = opened_record(session, stranger)
    own = Actor(**{**_fields(doctor.actor), "role": Role.PRIVACY_OFFICER.value})
    with as_actor(own) as session, pytest.raises(RuleBroken):
        judge_emergency(session, opened, verdict=Verdict.JUSTIFIED, words="Quite justified, I should say.")


def test_the_web_writes_no_emergency_and_no_care_of_its_own(people, as_actor, stranger):
    doctor = people.doctor()
    for statement in (
        "INSERT INTO identity.emergency (id, patient_id, staff_id, facility_id, role, reason, words, began_at, ends_at) "
        "VALUES (gen_random_uuid(), :patient, :staff, :place, 'doctor', 'other', 'x', now(), now() + interval '1 year')",
        "INSERT INTO identity.care_relation (id, patient_id, facility_id, basis, staff_id, began_at, ends_at) "
        "VALUES (gen_random_uuid(), :patient, :place, 'emergency', :staff, now(), 'infinity')",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), as_actor(doctor.actor) as session:
            session.execute(
                text(statement), {"patient": stranger.id, "staff": doctor.id, "place": doctor.facility_id}
            )


@pytest.mark.parametrize(
    ("left", "minutes"),
    [
        (timedelta(minutes=60), 60),
        (timedelta(seconds=61), 2),
        (timedelta(seconds=1), 1),
        (timedelta(0), 0),
        (-timedelta(hours=1), 0),
    ],
)
def test_a_begun_minute_counts(left, minutes):
    at = now()
    assert minutes_left(at + left, at=at) == minutes


def test_the_form_says_what_lacks(people, client_for):
    browser = client_for(people.doctor().actor)
    page = browser.get("/staff/emergencies/new", headers={"Accept-Language": "en"})
    answer = browser.post(
        "/staff/emergencies",
        data={
            **hidden_fields(page),
            "snils": "112-233-445 96",
            "birth_date": "1960-05-03",
            "reason": "other",
            "words": "short",
        },
        headers={"Accept-Language": "en"},
    )

    assert answer.status_code == 422
    assert "its check digits do not fit" in answer.text
    assert "at least 20 characters" in answer.text
