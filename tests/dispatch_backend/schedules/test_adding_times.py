"""A keeper of schedules adds times to a week: all of them or none, and never beside what is offered already."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch_backend.capacity.tables import Slot
from dispatch_backend.schedules.actions.times import AskedTimes, add_times
from dispatch_backend.schedules.rules import PartOfDay, times_within
from foundation.clock import moment_at, set_zone
from foundation.errors import RuleBroken
from identity.roles import STAFF_ROLES, Role
from tests.dispatch_backend.factories import CARDIOLOGIST
from tests.dispatch_backend.schedules.conftest import ENGLISH

BY_HAND = text(
    "INSERT INTO dispatch.slot (id, service_code, facility_id, resource_en, resource_ru, starts_at, ends_at) "
    "SELECT gen_random_uuid(), service_code, facility_id, resource_en, resource_ru, "
    "starts_at + :later * interval '1 minute', ends_at + :later * interval '1 minute' "
    "FROM dispatch.slot WHERE resource_id = :resource_id LIMIT 1"
)


def _added(keeping, begins: time, ends: time, *, minutes: int = 20, day: date | None = None):
    with keeping.desk.as_actor(keeping.keeper.actor) as session:
        on = day or keeping.day
        part = PartOfDay(*(moment_at(datetime.combine(on, each)) for each in (begins, ends)))
        return add_times(session, keeping.resource_id, AskedTimes(CARDIOLOGIST, part, minutes))


def test_a_part_of_a_day_becomes_times_that_are_offered_and_booked(keeping, client_for):
    browser = client_for(keeping.keeper.actor)

    answer = keeping.asked(browser, begins="10:00", ends="11:10")

    assert answer.status_code == 303
    assert keeping.starts() == ["09:00", "10:00", "10:20", "10:40"]
    page = browser.get(answer.location, headers=ENGLISH).text
    assert "The times are offered." in page
    assert "10:20–10:40" in page
    with keeping.desk.as_loader() as session:
        made = session.scalar(
            text("SELECT id FROM dispatch.slot WHERE resource_id = :id AND starts_at = :at"),
            {"id": keeping.resource_id, "at": keeping.at(10, 20)},
        )
    assert keeping.desk.booked(keeping.desk.sent(), made)


def test_the_form_sent_twice_adds_once_and_each_time_is_in_the_audit(keeping, client_for, as_administrator):
    browser, key = client_for(keeping.keeper.actor), uuid4().hex

    answers = [keeping.asked(browser, idempotency_key=key).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert len(keeping.starts()) == 4
    with as_administrator() as connection:
        told = connection.execute(
            text(
                "SELECT count(*) FROM foundation.audit_event e JOIN dispatch.slot s ON s.id = e.object_id "
                "WHERE e.act = 'slot.offered' AND e.staff_id = :staff AND s.resource_id = :id"
            ),
            {"staff": keeping.keeper.id, "id": keeping.resource_id},
        ).scalar()
    assert told == 3


def test_what_overlaps_is_named_and_nothing_is_saved(keeping, client_for):
    answer = keeping.asked(client_for(keeping.keeper.actor), begins="08:10", ends="10:00")

    assert answer.status_code == 409
    assert "Nothing is saved: at 09:00–09:20 this schedule has times already." in answer.text
    assert 'value="08:10"' in answer.text
    assert keeping.starts() == ["09:00"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"begins": "11:00", "ends": "10:00"}, "The end has to be later than the beginning."),
        ({"ends": "10:10"}, "The times are longer than what lies between"),
        ({"minutes": "4"}, "From 5 minutes to a day."),
        ({"day": ""}, "Choose the day."),
        ({"begins": "25:00"}, "Not a valid time value."),
        ({"service": ""}, "Choose the service."),
    ],
)
def test_what_makes_no_sense_is_said_beside_what_was_typed(keeping, client_for, typed, told):
    answer = keeping.asked(client_for(keeping.keeper.actor), **typed)

    assert answer.status_code == 422
    assert told in answer.text
    assert keeping.starts() == ["09:00"]


def test_what_has_begun_is_offered_to_nobody(keeping):
    with pytest.raises(RuleBroken, match="have begun already"):
        _added(keeping, time(10), time(11), day=keeping.day - timedelta(days=5))


def test_a_part_of_a_day_may_end_at_midnight(keeping, client_for):
    keeping.asked(client_for(keeping.keeper.actor), begins="23:00", ends="00:00", minutes="30")

    assert keeping.starts() == ["09:00", "23:00", "23:30"]


def test_an_hour_that_the_clocks_skipped_is_no_beginning(keeping, client_for):
    browser = client_for(keeping.keeper.actor)
    set_zone("Europe/Berlin")
    try:
        answer = keeping.asked(browser, day="2027-03-28", begins="02:30", ends="04:00")
    finally:
        set_zone("Asia/Yekaterinburg")

    assert answer.status_code == 422
    assert "There was no such time that day" in answer.text


def test_times_go_on_while_the_clocks_jump():
    berlin = ZoneInfo("Europe/Berlin")
    night = PartOfDay(datetime(2027, 3, 28, 1, 0, tzinfo=berlin), datetime(2027, 3, 28, 4, 0, tzinfo=berlin))

    assert len(times_within(night, minutes=60)) == 2


def test_two_keepers_who_add_at_once_do_not_offer_the_same_doctor_twice(keeping):
    assert keeping.starts() == ["09:00"]  # and is signed in
    ready = threading.Barrier(4)

    def adds(minute):
        ready.wait()
        try:
            return bool(_added(keeping, time(12, minute), time(12, minute + 20)))
        except RuleBroken:
            return False

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(adds, (0, 5, 10, 15)))

    assert done.count(True) == 1
    assert len(keeping.starts()) == 2


@pytest.mark.parametrize("role", [each for each in STAFF_ROLES if each is not Role.SCHEDULE_KEEPER])
def test_nobody_else_writes_a_time_past_the_service(keeping, people, as_actor, role):
    somebody = people.staff(role, facility_id=people.center())

    with (
        pytest.raises(DBAPIError, match="who keeps the schedules of the facility"),
        as_actor(somebody.actor) as session,
    ):
        session.execute(BY_HAND, {"later": 60, "resource_id": keeping.resource_id})


@pytest.mark.parametrize(
    ("later", "told"), [(10, "offered at that time already"), (-60 * 24 * 9, "is offered to nobody")]
)
def test_the_database_refuses_a_keeper_too(keeping, as_actor, later, told):
    with pytest.raises(DBAPIError, match=told), as_actor(keeping.keeper.actor) as session:
        session.execute(BY_HAND, {"later": later, "resource_id": keeping.resource_id})


def test_a_keeper_changes_and_deletes_no_time(keeping, as_actor):
    for statement in (
        "UPDATE dispatch.slot SET ends_at = ends_at + interval '1 hour'",
        "DELETE FROM dispatch.slot",
    ):
        with pytest.raises(DBAPIError, match="permission denied"), as_actor(keeping.keeper.actor) as session:
            session.execute(text(statement))
    with keeping.desk.as_loader() as session:
        assert session.query(Slot).filter_by(resource_id=keeping.resource_id).count() == 1


def test_who_keeps_one_facility_keeps_no_other(keeping, people, client_for, as_actor):
    of_target = people.staff(Role.SCHEDULE_KEEPER, facility_id=keeping.desk.target_id)
    elsewhere = people.staff(Role.SCHEDULE_KEEPER)
    address = f"/dispatch/schedules/{keeping.resource_id}"

    assert client_for(of_target.actor).get(address).status_code == 200
    assert keeping.asked(client_for(of_target.actor)).status_code == 303
    stranger = client_for(elsewhere.actor)
    answers = [stranger.get(each).status_code for each in (address, f"{address}/times/new")]
    absent = stranger.get(f"/dispatch/schedules/{uuid4()}").status_code
    assert [*answers, absent] == [404, 404, 404]
    with (
        pytest.raises(DBAPIError, match="who keeps the schedules of the facility"),
        as_actor(elsewhere.actor) as session,
    ):
        session.execute(BY_HAND, {"later": 300, "resource_id": keeping.resource_id})
