"""Which days are worked, and what our rows say of them."""

from datetime import date, timedelta

from holidays import country_holidays

from dispatch_backend.calendar.rules import after_working_days, is_working_day
from dispatch_backend.services.actions import calendar_rows

SATURDAY = date(2026, 3, 7)
# The last year whose moved days the Government has told of; of later years the law says that some days are free.
LAST_TOLD = 2027


def test_a_day_of_which_nothing_is_told_is_as_its_weekday():
    assert not is_working_day(SATURDAY)
    assert is_working_day(SATURDAY + timedelta(days=2))


def test_what_is_told_of_a_day_goes_before_its_weekday():
    assert is_working_day(SATURDAY, {SATURDAY: True})
    assert after_working_days(SATURDAY - timedelta(days=1), 1, {SATURDAY: True}) == SATURDAY


def test_the_rows_that_come_along_say_what_others_have_published():
    told = {row["day"]: row["working"] for row in calendar_rows()}
    published = country_holidays("RU", years=range(2009, LAST_TOLD + 1))
    days = [
        date(2009, 1, 1) + timedelta(days=n)
        for n in range((date(LAST_TOLD, 12, 31) - date(2009, 1, 1)).days + 1)
    ]

    assert [day for day in days if is_working_day(day, told) != published.is_working_day(day)] == []


def test_every_row_tells_something_and_names_its_law():
    rows = calendar_rows()

    assert len({row["day"] for row in rows}) == len(rows) > 300
    assert [row["day"] for row in rows if row["working"] == is_working_day(row["day"])] == []
    assert all(row["territory"] and row["basis_en"] and row["basis_ru"] for row in rows)
