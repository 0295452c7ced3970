"""Birthdays change what a parent and a child may open at their first moment in the region, and never before."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.language.dates import Precision
from identity.delegations.enumerations import AgeLimitKind
from identity.delegations.rules.ages import (
    birthday,
    hidden_from_parent,
    is_represented_by_parents,
    may_sign_in,
    represented_until,
    turns,
)
from identity.people.enumerations import Birth

ZONE = ZoneInfo("Asia/Yekaterinburg")
HIDDEN_FROM = {"PSY": 15, "HIV": 15, "ETH": 16}
LIMITS = {AgeLimitKind.OWN_ACCESS: 15, AgeLimitKind.OF_AGE: 18}
SECOND = timedelta(seconds=1)

births = st.dates(date(1990, 1, 1), date(2040, 12, 31))
moments = st.integers(0, 80 * 366 * 86400).map(
    lambda after: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(seconds=after)
)


def _hidden(birth: Birth, at: datetime) -> tuple[str, ...]:
    return hidden_from_parent(birth, HIDDEN_FROM, at=at, zone=ZONE)


@pytest.mark.parametrize(
    ("born", "years", "becomes_so_old"),
    [
        (date(2011, 5, 20), 15, date(2026, 5, 20)),
        (date(2008, 5, 20), 18, date(2026, 5, 20)),
        (date(2008, 2, 29), 15, date(2023, 3, 1)),
        (date(2008, 2, 29), 18, date(2026, 3, 1)),
        (date(2008, 2, 29), 16, date(2024, 2, 29)),
        (date(2007, 12, 31), 18, date(2025, 12, 31)),
    ],
)
def test_a_birthday_is_the_day_of_birth_or_the_first_of_march(born, years, becomes_so_old):
    assert birthday(born, years) == becomes_so_old


def test_a_birthday_begins_at_midnight_of_the_region_and_not_of_greenwich():
    assert turns(date(2008, 5, 20), 18, zone=ZONE) == datetime(2026, 5, 19, 19, 0, tzinfo=UTC)


@pytest.mark.parametrize("born", [date(2008, 5, 20), date(2008, 2, 29), date(2009, 1, 1), date(2008, 12, 31)])
def test_at_the_second_of_the_birthday_more_is_hidden_from_a_parent(born):
    birth = Birth(born)
    fifteen, sixteen = (turns(born, years, zone=ZONE) for years in (15, 16))

    told = [_hidden(birth, at) for at in (fifteen - SECOND, fifteen, sixteen - SECOND, sixteen)]

    assert told == [(), ("HIV", "PSY"), ("HIV", "PSY"), ("ETH", "HIV", "PSY")]
    assert not may_sign_in(birth, LIMITS, at=fifteen - SECOND, zone=ZONE)
    assert may_sign_in(birth, LIMITS, at=fifteen, zone=ZONE)


@given(births, moments, moments)
def test_nothing_that_was_hidden_ever_opens_again(born, one, other):
    earlier, later = sorted((one, other))

    assert set(_hidden(Birth(born), earlier)) <= set(_hidden(Birth(born), later))


@given(births, moments, st.sampled_from([Precision.YEAR, Precision.MONTH]))
def test_of_a_birth_known_by_less_than_the_day_the_careful_answer_is_given(born, at, precision):
    """Whatever the day was: a parent opens nothing that the true birth would close, the child nothing too early."""
    first = born.replace(day=1) if precision is Precision.MONTH else born.replace(month=1, day=1)
    known = Birth(first, precision)

    assert set(_hidden(known, at)) >= set(_hidden(Birth(born), at))
    assert may_sign_in(Birth(born), LIMITS, at=at, zone=ZONE) or not may_sign_in(
        known, LIMITS, at=at, zone=ZONE
    )


def test_who_was_born_nobody_knows_when_is_nobody_s_child_and_signs_in_never():
    at = datetime(2026, 5, 3, tzinfo=UTC)

    assert not is_represented_by_parents(Birth.unknown(), 18, at=at, zone=ZONE)
    assert not may_sign_in(Birth.unknown(), LIMITS, at=at, zone=ZONE)
    assert represented_until(Birth.unknown(), 18, zone=ZONE) < at
