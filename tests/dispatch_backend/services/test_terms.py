"""When a legal term ends, and how much of it is used."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dispatch_backend.services.actions import calendar_rows
from dispatch_backend.services.rules.terms import (
    DeadlineStatus,
    TermUnit,
    deadline_status,
    due_date,
    end_of,
    legal_end,
    used_share,
)

ZONE = ZoneInfo("Asia/Yekaterinburg")

TOLD = {row["day"]: row["working"] for row in calendar_rows()}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent_on", "length", "due_on"),
    [
        (date(2026, 3, 2), 14, date(2026, 3, 23)),  # over 9 March, moved from Women's Day on a Sunday
        (date(2025, 12, 30), 1, date(2026, 1, 12)),  # 31 December 2025 and the New Year's days are free
        (date(2012, 4, 27), 1, date(2012, 4, 28)),  # a working Saturday of that year
        (date(2026, 3, 7), 0, date(2026, 3, 7)),
    ],
)
def test_working_days_skip_weekends_and_holidays_and_count_moved_days(sent_on, length, due_on):
    assert due_date(sent_on, length=length, unit=TermUnit.WORKING_DAYS, told=TOLD) == due_on


def test_calendar_days_count_every_day():
    assert due_date(date(2026, 1, 1), length=30, unit=TermUnit.CALENDAR_DAYS) == date(2026, 1, 31)


@pytest.mark.parametrize(
    ("sent_at", "ends"),
    [
        # 02:30 on 2 March in the region, though still 1 March in Greenwich.
        (
            datetime(2026, 3, 1, 21, 30, tzinfo=UTC),
            (date(2026, 3, 2), datetime(2026, 3, 1, 23, 30, tzinfo=UTC)),
        ),
        # What ends at midnight ends on the day that it ends.
        (datetime(2026, 3, 2, 17, tzinfo=UTC), (date(2026, 3, 2), datetime(2026, 3, 2, 19, tzinfo=UTC))),
    ],
)
def test_hours_end_at_the_hour(sent_at, ends):
    assert legal_end(sent_at, length=2, unit=TermUnit.HOURS, zone=ZONE) == ends


def test_the_legal_day_ends_at_midnight_of_the_region():
    assert end_of(date(2026, 3, 20), ZONE) == datetime(2026, 3, 20, 19, tzinfo=UTC)


def test_pressure_follows_the_used_share_of_the_own_term():
    due_at = NOON + timedelta(days=10)

    shares = [
        used_share(submitted_at=NOON, due_at=due_at, at=NOON + timedelta(days=n)) for n in (1, 7, 10, 15)
    ]

    assert shares == [0.1, 0.7, 1.0, 1.5]
    assert [deadline_status(each) for each in shares] == [
        DeadlineStatus.IN_TIME,
        DeadlineStatus.SOON,
        DeadlineStatus.OVERDUE,
        DeadlineStatus.OVERDUE,
    ]
