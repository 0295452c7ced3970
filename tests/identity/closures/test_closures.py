"""A person closes their record to a clinic: there it is as if it were not, an emergency opens it visibly, and it opens again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from foundation.clock import now, today
from identity.access.actions import HistoricalCare, begin_care, load_care
from identity.access.enumerations import CareBasis
from identity.access.tables import CareRelation
from identity.closures.actions import close_record, lift_closure
from identity.closures.enumerations import FacilityState
from identity.closures.rules import state_of
from identity.delegations.enumerations import DelegationKind
from portal.access_log.enumerations import AccessLogFilter
from portal.access_log.queries import AccessWanted, access_log_of
from tests.dispatch_backend.factories import Desk
from tests.identity.emergencies.factories import open_record
from tests.identity.journeys import ENGLISH
from tests.pages import filled, read

PAGE = "/my/closures"
ABSENT = "0198a3c4-0000-7000-8000-000000000000"
CLOSABLE = (CareBasis.ENCOUNTER, CareBasis.IMPORT, CareBasis.TEAM)


def press(browser, facility_id, lift=False):
    address = f"{PAGE}/{facility_id}{'/lift' if lift else ''}"
    return browser.post(address, data=filled(browser.get("/my/consents")))


@pytest.fixture
def sees(client_for):
    """Whether a member of staff is shown the record."""

    def asked(somebody, patient):
        return client_for(somebody.actor).get(f"/emr/patients/{patient.id}", headers=ENGLISH).status_code

    return asked


@pytest.fixture
def care(as_administrator):
    def told(patient, facility_id):
        with as_administrator() as connection:
            rows = connection.execute(
                select(CareRelation.basis, CareRelation.ends_at > text("now()")).where(
                    CareRelation.patient_id == patient.id, CareRelation.facility_id == facility_id
                )
            )
            return {basis: living for basis, living in rows}

    return told


@pytest.mark.parametrize(
    ("living", "closed", "state"),
    [
        ([CareBasis.IMPORT], False, FacilityState.OPEN),
        ([CareBasis.IMPORT, CareBasis.ATTACHMENT], False, FacilityState.KEPT),
        ([], True, FacilityState.CLOSED),
        ([CareBasis.IMPORT], True, FacilityState.OPEN),
        ([CareBasis.IMPORT, CareBasis.REFERRAL], True, FacilityState.OPENED_BY_LAW),
        ([CareBasis.REFERRAL], True, FacilityState.OPENED_BY_LAW),
    ],
)
def test_how_a_record_stands_with_a_clinic(living, closed, state):
    assert state_of(living, closed=closed, closable=CLOSABLE) is state


def test_closed_it_is_to_its_doctors_as_if_it_were_not_and_opened_again_it_is_as_before(
    browser, person, doctor, sees, care, walled
):
    seen = sees(doctor, person)
    closed = press(browser, doctor.facility_id)
    page = read(browser.get(PAGE))
    walled()
    while_closed = (sees(doctor, person), care(person, doctor.facility_id))
    press(browser, doctor.facility_id, lift=True)

    assert seen == 200
    assert (closed.status_code, closed.location) == (303, PAGE)
    assert "Closed: nobody there sees your record." in page
    assert while_closed == (404, {CareBasis.IMPORT: False})
    assert sees(doctor, person) == 200
    assert "Doctors and nurses there see your record." in read(browser.get(PAGE))


def test_other_clinics_see_what_they_saw(browser, person, doctor, people, as_loader, sees):
    other = people.doctor()
    with as_loader() as session:
        begin_care(session, patient_id=person.id, facility_id=other.facility_id, basis=CareBasis.IMPORT)

    press(browser, doctor.facility_id)

    assert sees(other, person) == 200


def test_an_emergency_opens_it_and_the_person_reads_that_it_was_closed(
    browser, person, doctor, people, as_actor, sees
):
    colleague = people.doctor(facility_id=doctor.facility_id)
    press(browser, doctor.facility_id)

    with as_actor(doctor.actor) as session:
        open_record(session, person)

    assert sees(doctor, person) == 200
    assert sees(colleague, person) == 404
    log = read(browser.get("/my/access"))
    assert "It was opened in an emergency. You had closed your record to this clinic." in log
    assert "You had closed your record to this clinic." in browser.get("/my/access.csv").text


def test_who_looked_before_and_after_is_told_without_it(browser, person, doctor, sees, as_actor):
    sees(doctor, person)
    press(browser, doctor.facility_id)
    press(browser, doctor.facility_id, lift=True)
    sees(doctor, person)

    with as_actor(person.actor) as session:
        log = access_log_of(session, AccessWanted())

    acts = [each for each in log.acts if each.staff_id == doctor.id]
    assert len(acts) >= 2
    assert [log.care_behind([each]) for each in acts] == [[CareBasis.IMPORT]] * len(acts)
    assert not any(log.although_closed([each]) for each in acts)


@pytest.mark.parametrize("enters", ["one", "many"])
def test_what_would_open_it_meanwhile_is_entered_and_kept_closed(
    browser, person, doctor, as_loader, sees, care, enters
):
    press(browser, doctor.facility_id)

    with as_loader() as session:
        if enters == "one":
            begin_care(
                session, patient_id=person.id, facility_id=doctor.facility_id, basis=CareBasis.ENCOUNTER
            )
        else:
            bases = (CareBasis.ENCOUNTER, CareBasis.IMPORT)
            load_care(
                session,
                [HistoricalCare(person.id, doctor.facility_id, basis, now()) for basis in bases],
            )
    while_closed = (sees(doctor, person), care(person, doctor.facility_id))
    press(browser, doctor.facility_id, lift=True)

    assert while_closed == (404, {CareBasis.IMPORT: False, CareBasis.ENCOUNTER: False})
    assert care(person, doctor.facility_id) == {CareBasis.IMPORT: True, CareBasis.ENCOUNTER: True}
    assert sees(doctor, person) == 200


ENTERED = """
    INSERT INTO identity.care_relation (id, patient_id, facility_id, basis, began_at)
    VALUES (gen_random_uuid(), :patient, :place, 'encounter', now())
    ON CONFLICT (patient_id, facility_id, basis, staff_id) DO UPDATE SET ends_at = excluded.ends_at
"""
AGAIN = """
    UPDATE identity.care_relation SET ends_at = 'infinity'
    WHERE patient_id = :patient AND facility_id = :place AND basis = 'encounter'
"""


@pytest.mark.parametrize("entered", [ENTERED, AGAIN], ids=["new", "again"])
@pytest.mark.parametrize("first", ["writer", "closer"])
def test_care_entered_while_the_record_is_being_closed_is_closed(
    engines, as_actor, as_administrator, person, doctor, care, entered, first
):
    which = {"patient": person.id, "place": doctor.facility_id}
    if entered is AGAIN:
        with as_administrator() as connection:
            connection.execute(text(ENTERED), which)
            connection.execute(text(f"{AGAIN} ".replace("'infinity'", "now()")), which)

    with ThreadPoolExecutor(1) as pool, engines["administrator"].connect() as writer:
        if first == "writer":
            writer.execute(text(entered), which)
            with pytest.raises(TimeoutError):
                closing = pool.submit(closed_by, as_actor, person, doctor)
                closing.result(0.7)
            writer.commit()
            closing.result(10)
        else:
            with as_actor(person.actor) as session:
                close_record(session, doctor.facility_id)
                session.flush()
                writing = pool.submit(written, writer, entered, which)
                with pytest.raises(TimeoutError):
                    writing.result(0.7)
            writing.result(10)

    assert care(person, doctor.facility_id) == {CareBasis.IMPORT: False, CareBasis.ENCOUNTER: False}


def closed_by(as_actor, person, doctor):
    with as_actor(person.actor) as session:
        close_record(session, doctor.facility_id)


def written(writer, entered, which):
    writer.execute(text(entered), which)
    writer.commit()


def test_who_enters_care_waits_for_nobody_else_who_does(engines, person, people):
    one, other = people.facility(), people.facility()
    with engines["administrator"].connect() as first, engines["administrator"].connect() as second:
        second.execute(text("SET lock_timeout = '2s'"))
        first.execute(text(ENTERED), {"patient": person.id, "place": one})
        second.execute(text(ENTERED), {"patient": person.id, "place": other})
        second.rollback()
        first.rollback()


def test_nobody_is_told_that_a_closed_clinic_sees_the_record(
    browser, person, doctor, people, as_loader, as_actor
):
    other = people.facility()
    press(browser, doctor.facility_id)
    with as_loader() as session:
        for place in (doctor.facility_id, other):
            begin_care(session, patient_id=person.id, facility_id=place, basis=CareBasis.ENCOUNTER)

    with as_actor(person.actor) as session:
        log = access_log_of(session, AccessWanted(shown=AccessLogFilter.EVERYONE))

    after = [each for each in log.acts if each.act in ("care.begun", "closure.made")]
    # The newest first; before it was closed, it began.
    assert [(each.act, each.object_id) for each in after] == [
        ("care.begun", other),
        ("closure.made", doctor.facility_id),
        ("care.begun", doctor.facility_id),
    ]


def test_care_that_would_have_ended_meanwhile_stays_ended(
    browser, person, doctor, as_administrator, care, sees
):
    press(browser, doctor.facility_id)
    with as_administrator() as connection:
        connection.execute(
            text("UPDATE identity.closed_care SET ends_at = now() WHERE patient_id = :patient"),
            {"patient": person.id},
        )

    press(browser, doctor.facility_id, lift=True)

    assert care(person, doctor.facility_id) == {CareBasis.IMPORT: False}
    assert sees(doctor, person) == 404


def test_one_s_own_clinic_is_not_closed_and_the_page_says_by_which_law(acting, people, sees):
    doctor = people.doctor()
    patient = people.patient(cared_for_at=doctor.facility_id)
    browser = acting.browser_of(patient)

    page = read(browser.get(PAGE))
    refused = press(browser, doctor.facility_id)

    assert "It cannot be closed here. Why, and by which law, stands below." in page
    assert "323-FZ, article 79" in page
    assert refused.status_code == 409
    assert sees(doctor, patient) == 200


def test_a_referral_that_leads_there_opens_it_for_as_long_as_it_lasts(
    browser, person, doctor, people, as_actor, as_loader, sees
):
    press(browser, doctor.facility_id)
    with as_loader() as session:
        load_care(
            session,
            [
                HistoricalCare(
                    person.id,
                    doctor.facility_id,
                    CareBasis.REFERRAL,
                    now(),
                    until=now() + timedelta(days=1),
                )
            ],
        )

    assert sees(doctor, person) == 200
    page = read(browser.get(PAGE))
    assert "Since then you were referred there or registered there" in page
    assert "You had closed your record to this clinic." in read(browser.get("/my/access"))


def test_the_dispatching_center_is_not_closed_while_a_referral_is_open(people, as_actor, as_loader, acting):
    desk = Desk(people, as_actor, as_loader)
    patient = desk.patient()
    desk.sent(patient)

    refused = press(acting.browser_of(patient), desk.dispatcher.facility_id)

    assert refused.status_code == 409


def test_closed_twice_and_opened_twice_changes_nothing(browser, person, doctor, as_administrator):
    presses = [press(browser, doctor.facility_id, lift).status_code for lift in (False, False, True, True)]

    with as_administrator() as connection:
        counted = [
            connection.scalar(
                text(f"SELECT count(*) FROM identity.{name} WHERE patient_id = :id"), {"id": person.id}
            )
            for name in ("closure", "closure_lift")
        ]
    assert presses == [303] * 4
    assert counted == [1, 1]


def test_a_clinic_that_never_saw_it_is_as_one_that_is_not_there(browser, people, walls):
    for lift in (False, True):
        foreign, absent = press(browser, people.facility(), lift), press(browser, ABSENT, lift)
        assert (foreign.status_code, absent.status_code) == (404, 404)
        assert read(foreign) == read(absent)


def test_nobody_closes_or_opens_another_s_record(person, doctor, people, as_actor, sees, acting, walls):
    stranger = acting.browser_of(people.patient())
    assert press(stranger, doctor.facility_id).status_code == 404
    with as_actor(person.actor) as session:
        close_record(session, doctor.facility_id)

    assert press(stranger, doctor.facility_id, lift=True).status_code == 404
    assert sees(doctor, person) == 404


def test_staff_close_nothing(person, doctor, as_actor):
    with pytest.raises(ProgrammingError, match="not the actor's to close"), as_actor(doctor.actor) as session:
        close_record(session, doctor.facility_id)


def test_a_guardian_and_a_parent_decide_and_an_own_grant_does_not(acting, people, doctor, as_loader, sees):
    friend, guardian, parent = people.patient(), people.patient(), people.patient()
    ward = people.patient(cared_for_at=doctor.facility_id, basis=CareBasis.IMPORT)
    child = people.patient(
        cared_for_at=doctor.facility_id,
        basis=CareBasis.IMPORT,
        birth_date=today() - timedelta(days=9 * 365),
    )
    by_grant = acting.acting(friend, acting.let(friend, ward))
    by_paper = acting.acting(guardian, acting.let(guardian, ward, kind=DelegationKind.GUARDIAN))
    by_birth = acting.acting(parent, acting.let(parent, child, kind=DelegationKind.PARENT, ends_at=None))

    answers = [press(each, doctor.facility_id).status_code for each in (by_grant, by_paper, by_birth)]

    assert answers == [409, 303, 303]
    assert [sees(doctor, each) for each in (ward, child)] == [404, 404]


def test_the_list_of_who_looked_tells_of_closing_and_opening_with_the_clinic(browser, doctor):
    press(browser, doctor.facility_id)
    press(browser, doctor.facility_id, lift=True)

    log = read(browser.get("/my/access?whose=own"))

    assert "Your record was closed to a clinic: Polyclinic of the test" in log
    assert "Your record was opened again to a clinic: Polyclinic of the test" in log


def test_a_closure_is_never_changed_and_the_web_writes_none(person, doctor, as_actor, as_administrator):
    with as_actor(person.actor) as session:
        close_record(session, doctor.facility_id)

    with pytest.raises(ProgrammingError, match="permission denied"), as_actor(person.actor) as session:
        session.execute(
            text(
                "INSERT INTO identity.closure (id, patient_id, facility_id) VALUES (gen_random_uuid(), :patient, :place)"
            ),
            {"patient": person.id, "place": doctor.facility_id},
        )
    with as_actor(person.actor) as session:
        lift_closure(session, doctor.facility_id)
