"""`load-calendar`: an operator tells which days are worked, and every version stays as it was entered."""

import shutil
from datetime import date

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError

from dispatch_backend.calendar.queries import working_days
from dispatch_backend.calendar.tables import CalendarDay
from dispatch_backend.services.actions import REFERENCE, load_reference
from tests.registers import Loading, counts, faults

# Far from the days that other tests reckon with.
FRIDAY, SATURDAY = date(2190, 1, 1), date(2190, 1, 2)
ACT = {"territory": "RU", "basis_en": "An act", "basis_ru": "Постановление"}


@pytest.fixture
def load(command, tmp_path):
    return Loading(command, tmp_path)


@pytest.fixture(autouse=True)
def forgotten(as_administrator):
    yield
    with as_administrator() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(delete(CalendarDay).where(CalendarDay.day >= FRIDAY))


@pytest.fixture
def versions(as_administrator):
    def newest():
        with as_administrator() as connection:
            return connection.scalar(text("SELECT dispatch.current_calendar()"))

    return newest


def told(day, working, **more):
    return {"day": f"{day:%d.%m.%Y}", "working": working, **ACT, **more}


def after(as_administrator, *, version):
    with as_administrator() as connection:
        asked = text("SELECT dispatch.after_working_days(:friday - 1, 1, :version)")
        return connection.scalar(asked, {"friday": FRIDAY, "version": version})


def test_what_is_told_otherwise_makes_the_next_version_and_the_one_before_stays(
    load, versions, as_administrator
):
    first = versions()

    assert counts(load("load-calendar", told(FRIDAY, "no"), told(SATURDAY, "да"))) == (2, 0, 0, 0)
    assert counts(load("load-calendar", told(FRIDAY, "no"), told(SATURDAY, "yes"))) == (0, 0, 2, 0)
    assert versions() == first + 1
    assert counts(load("load-calendar", told(SATURDAY, "no"))) == (0, 1, 0, 0)
    assert versions() == first + 2

    reached = [after(as_administrator, version=first + number) for number in range(3)]
    assert reached == [FRIDAY, SATURDAY, date(2190, 1, 4)]
    with as_administrator() as connection:
        acts = connection.execute(
            text("SELECT reason FROM foundation.audit_event WHERE act = 'calendar_day.told' ORDER BY at, reason")
        ).scalars().all()  # fmt: skip
    assert acts[-3:] == ["2190-01-01", "2190-01-02", "2190-01-02"]


def test_a_dry_run_and_a_fault_enter_nothing(load, versions, as_loader):
    first = versions()

    assert counts(load("load-calendar", told(FRIDAY, "no"), dry=True)) == (1, 0, 0, 0)
    wrong = load(
        "load-calendar", told(FRIDAY, "no"), told(SATURDAY, "maybe"), told(SATURDAY, "yes", basis_ru="")
    )

    assert [line for line, _ in faults(wrong)] == [3, 4]
    assert "neither yes nor no" in faults(wrong)[0][1]
    assert versions() == first
    with as_loader() as session:
        assert FRIDAY not in working_days(session)


def test_what_comes_along_leaves_what_the_region_has_told(load, as_loader, tmp_path):
    load("load-calendar", told(FRIDAY, "no"))
    for table in ("services.tsv", "waiting_terms.tsv"):
        shutil.copy(REFERENCE / table, tmp_path)
    columns = "day\tworking\tterritory\tbasis_en\tbasis_ru\n"
    (tmp_path / "production_calendar.tsv").write_text(
        columns + "2190-01-01\tyes\tRU\tx\tx\n2190-01-02\tyes\tRU\tx\tx\n"
    )

    with as_loader() as session:
        assert load_reference(session, folder=tmp_path)["calendar_days"] == 1

    with as_loader() as session:
        days = working_days(session)
    assert (days[FRIDAY], days[SATURDAY]) == (False, True)


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        (
            "INSERT INTO dispatch.calendar_day SELECT DATE '2190-01-01', {version}, false, 'RU', 'x', 'x'",
            "stays as it",
        ),
        (
            "UPDATE dispatch.calendar_day SET working = NOT working",
            "permission denied|append-only|never changed",
        ),
        ("DELETE FROM dispatch.calendar", "permission denied|append-only|never changed"),
        ("INSERT INTO dispatch.calendar (time_zone) VALUES ('Mars/Olympus')", "Mars/Olympus"),
    ],
)
def test_a_version_stays_as_it_was_entered(as_loader, versions, sql, why):
    with pytest.raises(DBAPIError, match=why), as_loader() as session:
        session.execute(text(sql.format(version=versions())))


def test_a_version_has_the_next_number_and_the_time_of_its_entering_whatever_it_is_given(as_loader, versions):
    first = versions()

    with as_loader() as session:
        session.execute(
            text(
                "INSERT INTO dispatch.calendar (number, time_zone, entered_at) VALUES (0, 'UTC', '2001-01-01')"
            )
        )
        row = session.execute(
            text("SELECT entered_at = now() FROM dispatch.calendar WHERE number = :next"), {"next": first + 1}
        ).one()
        assert row == (True,)
        session.rollback()


def test_the_web_enters_no_calendar(desk, as_administrator):
    with pytest.raises(DBAPIError, match="permission denied"), desk.as_actor(desk.doctor.actor) as session:
        session.execute(text("INSERT INTO dispatch.calendar (time_zone) VALUES ('UTC')"))

    with as_administrator() as connection:
        assert connection.execute(select(CalendarDay.day).limit(1)).all()
