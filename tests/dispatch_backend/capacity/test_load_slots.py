"""`load-slots`: an operator offers the times of doctors, rooms and devices."""

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import text

from foundation.clock import today, zone
from foundation.identifiers import new_id
from tests.registers import Loading, counts, faults


@pytest.fixture
def load(command, tmp_path):
    command("load-dispatch-reference")
    return Loading(command, tmp_path)


@pytest.fixture
def slot(people, as_administrator):
    """A time tomorrow at a resource of the test's own; `slot(9, 30)` begins it at half past nine."""
    facility_id, resource = people.facility(), f"Dr {new_id()}"
    with as_administrator() as connection:
        code = connection.execute(
            text("SELECT code FROM identity.facility WHERE id = :id"), {"id": facility_id}
        ).scalar_one()

    def told(hour, minute=0, *, minutes=30, **changes):
        begins = datetime.combine(today() + timedelta(days=1), time(hour, minute))
        return {
            "service": "C-CARD",
            "facility": code,
            "resource_en": resource,
            "resource_ru": "Врач",
            "starts_at": f"{begins:%Y-%m-%d %H:%M}",
            "ends_at": f"{begins + timedelta(minutes=minutes):%Y-%m-%d %H:%M}",
            **changes,
        }

    return told


def test_times_are_offered_on_the_region_s_clocks_once_and_audited(load, slot, as_administrator):
    lines = [slot(9), slot(9, 30), slot(10, service="C-NEUR")]

    assert counts(load("load-slots", *lines)) == (3, 0, 0, 0)
    assert counts(load("load-slots", *lines, slot(11))) == (1, 0, 3, 0)

    asked = text(
        "SELECT s.starts_at, a.act, s.taken FROM dispatch.slot s JOIN foundation.audit_event a ON a.object_id = s.id "
        "WHERE s.resource_en = :resource ORDER BY s.starts_at"
    )
    with as_administrator() as connection:
        first, *others = connection.execute(asked, {"resource": lines[0]["resource_en"]}).all()
    begins = datetime.combine(today() + timedelta(days=1), time(9), zone())
    assert tuple(first) == (begins, "slot.offered", False)
    assert len(others) == 3


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"service": "C-NONE"}, "service: there is none with the code C-NONE; load-services enters them"),
        ({"facility": "T-0"}, "facility: there is none with the code T-0; load-facilities enters them"),
        ({"starts_at": "2020-01-01 09:00", "ends_at": "2020-01-01 09:30"}, "starts_at: it has begun already, so nobody could come"),
    ],
)  # fmt: skip
def test_a_time_that_cannot_be_offered_is_refused_with_what_is_right(load, slot, changes, why):
    assert faults(load("load-slots", slot(12, **changes))) == [(2, why)]


def test_a_time_that_ends_before_it_begins_is_refused(load, slot):
    assert faults(load("load-slots", slot(12, minutes=-30))) == [(2, "ends_at: it ends before it begins")]


@pytest.mark.parametrize(("begins", "minutes"), [((9, 15), 30), ((8, 45), 30), ((8,), 180), ((9, 10), 5)])
def test_nobody_is_offered_twice_at_the_same_time(load, slot, begins, minutes):
    load("load-slots", slot(9))

    account = load("load-slots", slot(*begins, minutes=minutes))

    day = today() + timedelta(days=1)
    why = f"starts_at: the resource is offered for C-CARD from {day} 09:00 to {day} 09:30 already; offer another time, or leave the line out"
    assert faults(account) == [(2, why)]


def test_times_of_any_length_and_beginning_follow_each_other(load, slot, as_administrator):
    lines = [
        slot(8, 5, minutes=10),
        slot(8, 15, minutes=45),
        slot(9, minutes=23),
        slot(9, 23, minutes=24 * 60),
    ]

    assert counts(load("load-slots", *lines)) == (4, 0, 0, 0)

    lengths = text(
        "SELECT ends_at - starts_at FROM dispatch.slot WHERE resource_en = :resource ORDER BY starts_at"
    )
    with as_administrator() as connection:
        found = connection.execute(lengths, {"resource": lines[0]["resource_en"]}).scalars().all()
    assert found == [timedelta(minutes=each) for each in (10, 45, 23, 24 * 60)]


def test_a_time_of_more_than_a_day_is_refused(load, slot):
    assert faults(load("load-slots", slot(9, minutes=24 * 60 + 1))) == [
        (2, "ends_at: a slot lasts a day at most")
    ]


@pytest.mark.parametrize("told", ["{}  B", "{}\u00a0B", "{} B"])
def test_a_name_with_other_blanks_is_the_same_doctor(load, slot, told):
    name = slot(9)["resource_en"]
    load("load-slots", slot(9, resource_en=f"{name} B"))

    account = load("load-slots", slot(9, 10, resource_en=told.format(name)))

    assert [line for line, _ in faults(account)] == [2]


def test_nobody_is_offered_twice_within_one_table(load, slot):
    account = load("load-slots", slot(9), slot(9, 29), slot(9, 30))

    assert [line for line, _ in faults(account)] == [3]
