"""The application and the database reckon the legal day by the same rule: whatever the term, the moment, the zone and the calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from dispatch_backend.calendar.actions import enter_days
from dispatch_backend.services.actions import calendar_rows
from dispatch_backend.services.rules.terms import TermUnit, legal_end

YEKATERINBURG = "Asia/Yekaterinburg"
ASKED = text(
    "SELECT due_on, due_at FROM dispatch.legal_end(:length, :unit, :sent_at, :zone, dispatch.current_calendar())"
)
ACT = {"territory": "RU", "basis_en": "An act", "basis_ru": "Постановление"}

FIRST = date(2024, 2, 20)
moments = st.integers(0, 60 * 24 * 60 * 60).map(
    lambda seconds: datetime(2024, 2, 20, tzinfo=UTC) + timedelta(seconds=seconds)
)
days = st.dictionaries(
    st.integers(0, 80).map(lambda n: FIRST + timedelta(days=n)), st.booleans(), max_size=40
)


class Undone(Exception):
    """Takes back the calendar that was tried."""


@pytest.fixture
def reckoned(as_loader):
    """What the database reckons by a calendar that nobody keeps."""

    def reckon(told, **asked):
        found = []
        try:
            with as_loader() as session:
                enter_days(
                    session, [{"day": day, "working": working, **ACT} for day, working in told.items()]
                )
                found.append(tuple(session.execute(ASKED, asked).one()))
                raise Undone
        except Undone:
            return found[0]

    return reckon


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sent_at=moments,
    length=st.integers(1, 45),
    unit=st.sampled_from(TermUnit),
    zone=st.sampled_from([YEKATERINBURG, "UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]),
    told=days,
)
# The hour before midnight in the region, and the one after; a leap day; a whole fortnight moved.
@example(datetime(2024, 2, 28, 18, 30, tzinfo=UTC), 1, TermUnit.WORKING_DAYS, YEKATERINBURG, {})
@example(datetime(2024, 2, 28, 19, 30, tzinfo=UTC), 1, TermUnit.CALENDAR_DAYS, YEKATERINBURG, {})
@example(datetime(2024, 2, 28, 19, tzinfo=UTC), 24, TermUnit.HOURS, YEKATERINBURG, {})
@example(datetime(2024, 3, 1, 9, tzinfo=UTC), 14, TermUnit.WORKING_DAYS, YEKATERINBURG,
         {FIRST + timedelta(days=n): n % 7 in (4, 5) for n in range(10, 80)})  # fmt: skip
def test_both_reckon_the_same(reckoned, sent_at, length, unit, zone, told):
    own = legal_end(sent_at, length=length, unit=unit, zone=ZoneInfo(zone), told=told_with_stored(told))

    assert reckoned(told, length=length, unit=unit.value, sent_at=sent_at, zone=zone) == own


def told_with_stored(told):
    return {row["day"]: row["working"] for row in calendar_rows()} | told


@pytest.mark.parametrize(
    ("sent_at", "length", "unit", "due_on"),
    [
        ("2026-03-02 10:00+05", 14, "working_days", date(2026, 3, 23)),  # over 9 March, moved from a Sunday
        ("2025-12-30 10:00+05", 1, "working_days", date(2026, 1, 12)),  # over the New Year's days
        ("2012-04-27 10:00+06", 1, "working_days", date(2012, 4, 28)),  # a working Saturday
        ("2024-02-15 10:00+05", 14, "calendar_days", date(2024, 2, 29)),
        ("2026-03-20 23:59:59+05", 0, "calendar_days", date(2026, 3, 20)),
        ("2026-03-21 00:00:00+05", 0, "calendar_days", date(2026, 3, 21)),
    ],
)
def test_the_database_knows_the_calendar_of_the_region(as_loader, sent_at, length, unit, due_on):
    asked = {"sent_at": sent_at, "length": length, "unit": unit, "zone": YEKATERINBURG}

    with as_loader() as session:
        found = session.execute(ASKED, asked).one()

    assert found.due_on == due_on
    assert found.due_at == datetime.combine(
        due_on + timedelta(days=1), datetime.min.time(), ZoneInfo(YEKATERINBURG)
    )
