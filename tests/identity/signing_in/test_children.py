"""Whoever is too young by law does not sign in alone; from the birthday on they do, and nothing has to be done for it."""

from datetime import date, timedelta

import pytest

from foundation.clock import today
from tests.identity.journeys import CITIZEN_COOKIE, card_of
from tests.identity.provider_process import sign_in_with_card


def years_ago(years: int, *, days: int = 0) -> date:
    """A birth date; who was born on 29 February is left to the rule's own tests."""
    at = today() + timedelta(days=days)
    return at.replace(year=at.year - years, day=min(at.day, 28))


@pytest.mark.parametrize(("born", "status"), [(years_ago(15), 303), (years_ago(9), 403)])
def test_a_child_signs_in_from_the_fifteenth_birthday_on(client, people, provider, born, status):
    child = people.patient(birth_date=born)

    answer = sign_in_with_card(client, card_of(provider, child))

    assert answer.status_code == status
    assert (client.get_cookie(CITIZEN_COOKIE) is not None) == (status == 303)


def test_the_day_before_it_is_too_early(client, people, provider):
    tomorrow = today() + timedelta(days=1)
    child = people.patient(birth_date=tomorrow.replace(year=tomorrow.year - 15))

    assert sign_in_with_card(client, card_of(provider, child)).status_code == 403
