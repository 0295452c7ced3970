"""Until when somebody decides for another: a parent until the child does, a guardian while they are it, nobody by an own grant."""

from datetime import UTC, date, datetime, timedelta

import pytest

from foundation.errors import RuleBroken
from foundation.language.dates import Precision
from identity.delegations.enumerations import AgeLimitKind, DelegationKind
from identity.delegations.rules.deciding import decides_until
from identity.people.enumerations import Birth

AT = datetime(2026, 5, 1, tzinfo=UTC)
LATER = AT + timedelta(days=3650)
LIMITS = {AgeLimitKind.OWN_ACCESS: 15, AgeLimitKind.OF_AGE: 18}
BORN = Birth(date(2015, 6, 2))
ALONE = datetime(2030, 6, 2, tzinfo=UTC)


def until(kind, ends_at=LATER, birth=BORN, at=AT):
    return decides_until(kind, ends_at, birth, LIMITS, at=at, zone=UTC)


def test_a_parent_decides_until_the_birthday_from_which_the_child_does():
    assert until(DelegationKind.PARENT) == ALONE
    assert until(DelegationKind.PARENT, at=ALONE - timedelta.resolution) == ALONE
    with pytest.raises(RuleBroken):
        until(DelegationKind.PARENT, at=ALONE)


def test_it_counts_no_longer_than_the_right():
    soon = AT + timedelta(days=1)

    assert until(DelegationKind.PARENT, ends_at=soon) == soon
    assert until(DelegationKind.GUARDIAN, ends_at=soon) == soon


def test_of_whom_the_year_alone_is_known_it_ends_with_the_first_day_of_it():
    birth = Birth(date(2015, 1, 1), Precision.YEAR)

    assert until(DelegationKind.PARENT, birth=birth) == datetime(2030, 1, 1, tzinfo=UTC)


def test_whoever_may_see_by_an_own_grant_decides_nothing():
    with pytest.raises(RuleBroken):
        until(DelegationKind.GRANT)
