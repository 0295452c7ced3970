"""A record is opened without care: to one person, for an hour, told to the patient, and judged."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from emr.desk.actions import open_patient
from emr.drafts.actions import Typed, save_draft
from emr.drafts.enumerations import DraftForm
from foundation.actor import Actor
from foundation.clock import now
from foundation.errors import NotFound, RuleBroken, Stale
from foundation.identifiers import new_id
from foundation.language.dates import Precision
from foundation.outbox import OutboxMessage
from identity.access.actions import begin_care
from identity.access.enumerations import CareBasis
from identity.access.rules.emergencies import minutes_left
from identity.emergencies.actions import judge_emergency
from identity.emergencies.enumerations import EmergencyReason, Verdict
from identity.emergencies.queries import FacilityFigures, emergencies_to_judge
from identity.emergencies.tables import Emergency
from identity.patients.actions import Identifier, NewPatient, register_patient
from identity.patients.queries.patients import patient_card
from identity.people.enumerations import AdministrativeGender, Birth, PersonName
from identity.people.rules.snils import SNILS_SYSTEM
from identity.roles import Role
from portal.access_log.queries import AccessWanted, access_log_of
from tests.identity.emergencies.factories import WORDS, open_record, opened_record
from tests.identity.journeys import ENGLISH
from tests.pages import hidden_fields
from tests.people import MadePatient, new_snils


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
    chart = client_for(asks.actor).get(f"/emr/patients/{stranger.id}", headers=ENGLISH)
    assert "Opened in an emergency." in chart.text
    assert client_for(beside.actor).get(f"/emr/patients/{stranger.id}").status_code == 404


@pytest.fixture
def end_hour(as_administrator):
    """The hour of whoever opened a record is over."""

    def ended(doctor):
        with as_administrator() as connection:
            connection.execute(
                text(
                    "UPDATE identity.care_relation SET began_at = began_at - interval '60 minutes', "
                    "ends_at = ends_at - interval '60 minutes' WHERE staff_id = :staff"
                ),
                {"staff": doctor.id},
            )

    return ended


def test_after_an_hour_it_is_closed(people, as_actor, client_for, end_hour, stranger):
    doctor = people.doctor()
    with as_actor(doctor.actor) as session:
        open_record(session, stranger)
    end_hour(doctor)

    assert client_for(doctor.actor).get(f"/emr/patients/{stranger.id}").status_code == 404


def test_a_note_that_the_hour_ends_in_is_refused_and_its_draft_waits(
    people, as_actor, client_for, end_hour, stranger
):
    doctor, draft_id = people.doctor(), new_id()
    browser = client_for(doctor.actor)
    with as_actor(doctor.actor) as session:
        open_record(session, stranger)
    address = f"/emr/patients/{stranger.id}/entries/new/{draft_id}"
    page = browser.get(address, headers=ENGLISH)
    with as_actor(doctor.actor) as session:
        save_draft(session, stranger.id, draft_id, Typed(DraftForm.NOTE, {"plan": "Adrenaline given"}, 0))
    end_hour(doctor)
    typed = {**hidden_fields(page), "plan": "Adrenaline given", "next": "later"}

    late = browser.post(f"/emr/patients/{stranger.id}/entries", data=typed, headers=ENGLISH)

    assert late.status_code == 404
    assert browser.get(address).status_code == 404
    with as_actor(doctor.actor) as session:
        open_record(session, stranger)
    assert "Adrenaline given" in browser.get(address, headers=ENGLISH).text


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

    home = client_for(stranger.actor).get("/my", headers=ENGLISH).text
    log = client_for(stranger.actor).get("/my/access", headers=ENGLISH).text
    assert "Somebody opened your record in an emergency" in home
    assert "Your record was opened in an emergency" in log
    assert "Why it was allowed: It was opened in an emergency" in log
    assert WORDS in log


def test_it_waits_for_a_verdict_and_leaves_the_queue_by_one_alone(people, as_actor, client_for, stranger):
    with as_actor(people.doctor().actor) as session:
        open_record(session, stranger)
    officer = people.staff(Role.PRIVACY_OFFICER, facility_id=people.center())
    with as_actor(officer.actor) as session:
        (waiting,) = _waiting_of(session, stranger)
    browser = client_for(officer.actor)
    address = f"/privacy/emergencies/{waiting.id}"
    page = browser.get(address, headers=ENGLISH)
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


@pytest.fixture
def own_opening(people, as_loader, stranger):
    """A privacy officer, and what they opened when they were a doctor at the same place."""
    officer, opened = people.staff(Role.PRIVACY_OFFICER), new_id()
    with as_loader() as session:
        told = {"id": opened, "patient_id": stranger.id, "staff_id": officer.id, "words": WORDS}
        session.add(
            Emergency(
                **told,
                facility_id=officer.facility_id,
                role=Role.DOCTOR,
                reason=EmergencyReason.OTHER,
                began_at=now(),
                ends_at=now() + timedelta(hours=1),
            )
        )
    return officer, opened


def test_nobody_judges_what_they_opened_themselves(as_actor, own_opening):
    officer, opened = own_opening

    with as_actor(officer.actor) as session, pytest.raises(RuleBroken, match="opened this record yourself"):
        judge_emergency(session, opened, verdict=Verdict.JUSTIFIED, words="Quite justified, I should say.")


def test_nor_does_the_database_let_them(people, as_actor, own_opening, stranger):
    officer, opened = own_opening
    verdict = text(
        "INSERT INTO identity.emergency_verdict (emergency_id, patient_id, verdict, words, staff_id, facility_id) "
        "VALUES (:opened, :patient, 'justified', 'Quite so.', :staff, :place)"
    )
    told = {"opened": opened, "patient": stranger.id}

    for judge, refused in (
        (officer, pytest.raises(ProgrammingError, match="row-level security")),
        (people.staff(Role.PRIVACY_OFFICER), nullcontext()),
    ):
        with refused, as_actor(judge.actor) as session:
            session.execute(verdict, {**told, "staff": judge.id, "place": judge.facility_id})


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
    page = browser.get("/staff/emergencies/new", headers=ENGLISH)
    answer = browser.post(
        "/staff/emergencies",
        data={
            **hidden_fields(page),
            "snils": "112-233-445 96",
            "birth_date": "1960-05-03",
            "reason": "other",
            "words": "short",
        },
        headers=ENGLISH,
    )

    assert answer.status_code == 422
    assert "its check digits do not fit" in answer.text
    assert "at least 20 characters" in answer.text


def test_who_is_in_care_already_is_opened_without_an_emergency(people, as_actor, client_for):
    doctor = people.doctor()
    patient = people.patient(cared_for_at=doctor.facility_id)

    with as_actor(doctor.actor) as session:
        assert open_record(session, patient) == patient.id

    with as_actor(people.staff(Role.PRIVACY_OFFICER).actor) as session:
        assert _waiting_of(session, patient) == []
    chart = client_for(doctor.actor).get(f"/emr/patients/{patient.id}", headers=ENGLISH)
    assert (chart.status_code, "Opened in an emergency." in chart.text) == (200, False)


def test_care_that_begins_within_the_hour_leaves_of_the_banner_what_the_emergency_opens(
    people, as_actor, as_loader, stranger
):
    doctor = people.doctor()
    with as_actor(doctor.actor) as session:
        open_record(session, stranger)

    with as_loader() as session:
        begin_care(
            session, patient_id=stranger.id, facility_id=doctor.facility_id, basis=CareBasis.ATTACHMENT
        )

    with as_actor(doctor.actor) as session:
        card = patient_card(session, stranger.id)
    assert (card.emergency_minutes, card.emergency_alone) == (60, False)


def test_nobody_opens_their_own_record_so(people, as_actor, as_loader):
    doctor = people.doctor()
    with as_loader() as session:
        new = NewPatient(
            PersonName("Докторов", "Иван", ""),
            Birth(date(1970, 1, 2), Precision.DAY),
            AdministrativeGender.MALE,
            [Identifier(SNILS_SYSTEM, doctor.snils)],
        )
        own = register_patient(session, new)
    known = MadePatient(own.id, doctor.snils, date(1970, 1, 2), doctor.actor)

    with as_actor(doctor.actor) as session, pytest.raises(RuleBroken, match="your own record"):
        open_record(session, known)


def test_each_opening_explains_its_own_hour_to_the_patient(people, as_actor, as_administrator, stranger):
    doctor = people.doctor()
    for _ in range(2):
        with as_actor(doctor.actor) as session:
            open_record(session, stranger)
            open_patient(session, stranger.id)
    with as_administrator() as connection:
        # The first was yesterday.
        moved = text(
            "UPDATE identity.emergency SET began_at = began_at - interval '1 day', ends_at = ends_at - interval '1 day' "
            "WHERE id = (SELECT id FROM identity.emergency WHERE staff_id = :staff ORDER BY began_at LIMIT 1)"
        )
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(moved, {"staff": doctor.id})
        connection.execute(text("SET session_replication_role = origin"))

    with as_actor(stranger.actor) as session:
        log = access_log_of(session, AccessWanted())
    mine = [each for each in log.care if each.staff_id == doctor.id]
    beside = replace(log.acts[0], staff_id=people.doctor(facility_id=doctor.facility_id).id)
    yesterday = replace(log.acts[0], at=log.acts[0].at - timedelta(days=1, minutes=-1))

    assert len(mine) == 2
    assert log.care_behind([log.acts[0]]) == [CareBasis.EMERGENCY]
    assert log.care_behind([yesterday]) == [CareBasis.EMERGENCY]
    assert log.care_behind([beside]) == []


def test_a_mistyped_number_keeps_what_was_typed_and_leaves_a_line(
    people, client_for, as_administrator, stranger
):
    doctor = people.doctor()
    browser = client_for(doctor.actor)
    page = browser.get("/staff/emergencies/new", headers=ENGLISH)
    typed = {"snils": new_snils(), "birth_date": "1901-01-01", "reason": "other", "words": WORDS}

    answer = browser.post("/staff/emergencies", data={**hidden_fields(page), **typed}, headers=ENGLISH)

    assert answer.status_code == 404
    assert "Nobody is known by exactly this number" in answer.text
    assert WORDS in answer.text
    with as_administrator() as connection:
        noted = text("SELECT act FROM foundation.audit_event WHERE staff_id = :staff")
        assert connection.execute(noted, {"staff": doctor.id}).scalars().all() == ["access.fruitless"]


def test_the_officer_sees_on_the_first_page_that_somebody_waits(people, as_actor, client_for, stranger):
    with as_actor(people.doctor().actor) as session:
        open_record(session, stranger)

    first = client_for(people.staff(Role.PRIVACY_OFFICER).actor).get("/privacy/objections", headers=ENGLISH)

    assert "for your verdict" in first.text


def test_the_verdict_is_told_to_the_patient_with_its_words(
    people, app, as_actor, as_worker, client_for, stranger
):
    with as_actor(people.doctor().actor) as session:
        opened = opened_record(session, stranger)
    with as_actor(people.staff(Role.PRIVACY_OFFICER).actor) as session:
        judge_emergency(session, opened, verdict=Verdict.NOT_JUSTIFIED, words="Nobody was in danger.")
    with as_worker() as session:
        (told,) = session.scalars(
            select(OutboxMessage.payload).where(
                OutboxMessage.topic == "emergency.judged",
                OutboxMessage.payload["patient_id"].astext == str(stranger.id),
            )
        )
        for handler in app.extensions["handlers"]["emergency.judged"]:
            handler(session, told)

    home = client_for(stranger.actor).get("/my", headers=ENGLISH).text
    log = client_for(stranger.actor).get("/my/access", headers=ENGLISH).text
    assert "It was judged whether opening your record" in home
    assert "was found not justified" in log
    assert "Nobody was in danger." in log


@pytest.mark.parametrize("role", [Role.PRIVACY_OFFICER, Role.ADMINISTRATOR, Role.DOCTOR])
def test_nothing_but_a_verdict_empties_the_queue(people, as_actor, stranger, role):
    doctor = people.doctor()
    with as_actor(doctor.actor) as session:
        open_record(session, stranger)
    for statement in (
        "DELETE FROM identity.waiting_emergency WHERE patient_id = :patient",
        "UPDATE identity.waiting_emergency SET began_at = now() WHERE patient_id = :patient",
        "UPDATE identity.emergency_figure SET opened = 0",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            as_actor(people.staff(role).actor) as session,
        ):
            session.execute(text(statement), {"patient": stranger.id})


def test_whoever_opened_a_record_reads_what_was_said_of_it_and_nobody_else_does(
    people, as_actor, client_for, stranger, walled
):
    doctor, colleague = people.doctor(), people.doctor()
    with as_actor(doctor.actor) as session:
        opened = opened_record(session, stranger)
    own, other = client_for(doctor.actor), client_for(colleague.actor)
    walled()

    waiting = own.get("/staff/emergencies", headers=ENGLISH).text
    with as_actor(people.staff(Role.PRIVACY_OFFICER).actor) as session:
        judge_emergency(session, opened, verdict=Verdict.NOT_JUSTIFIED, words="Nobody was in danger.")
    judged = own.get("/staff/emergencies", headers=ENGLISH).text

    assert "waits for a verdict" in waiting
    assert "Not justified" in judged
    assert "Nobody was in danger." in judged
    assert "You have opened no record" in other.get("/staff/emergencies", headers=ENGLISH).text
    assert "/staff/emergencies" in own.get("/staff/emergencies/new").text


def test_what_the_team_alone_is_shown_opens_in_an_emergency_to_who_has_the_record_open(
    people, as_actor, client_for
):
    doctor = people.doctor()
    patient = people.patient(cared_for_at=doctor.facility_id)

    with as_actor(doctor.actor) as session:
        open_record(session, patient, withheld=True)

    chart = client_for(doctor.actor).get(f"/emr/patients/{patient.id}", headers=ENGLISH).text
    assert "What is shown to the treating team alone is open to you until" in chart
    assert "closed to you.</strong>" in chart
    assert "this record is closed to you" not in chart
    assert "Download for another hospital" in chart
    with as_actor(people.staff(Role.PRIVACY_OFFICER).actor) as session:
        assert len(_waiting_of(session, patient)) == 1
