"""What changes at midnight changes then: a child's fifteenth and eighteenth birthday, and the last day of a grant."""

from datetime import timedelta

import pytest

from foundation.actor import Actor
from foundation.clock import now, today, zone
from identity.delegations import queries as delegations
from identity.delegations.enumerations import DelegationKind
from identity.delegations.rules.ages import turns
from identity.people.rules.assurance import Assurance
from identity.people.rules.snils import SNILS_SYSTEM
from identity.sessions.queries import sessions
from identity.sessions.queries.sessions import sign_in_of
from identity.signing_in import queries as signing_in
from identity.signing_in.queries import matched_patient
from tests.identity.delegations.acting import HOME, REPRESENTATION
from tests.identity.journeys import CITIZEN_COOKIE
from tests.pages import filled, read

SECOND = timedelta(seconds=1)
# Far enough that the day of the test is none of the days that count.
AHEAD = timedelta(days=10)


# Where ages and ends are reckoned; what is written says the time of the database, which does not travel.
RECKONED_IN = (delegations, sessions, signing_in)


@pytest.fixture
def at(monkeypatch):
    """`at(moment)` sets the clock by which ages and ends are reckoned."""

    def travelled(moment):
        for each in RECKONED_IN:
            monkeypatch.setattr(each, "now", lambda: moment)

    return travelled


@pytest.fixture
def mother(people):
    return people.patient(family_name="Матерева", given_name="Мария")


def born_to_turn(years):
    day = today() + AHEAD
    if (day.month, day.day) == (2, 29):
        day += timedelta(days=1)
    return day.replace(year=day.year - years)


def parenthood(acting, mother, child):
    return acting.let(mother, child, kind=DelegationKind.PARENT, ends_at=None, basis="Birth certificate")


def test_on_the_fifteenth_birthday_the_child_signs_in_alone_and_the_mother_is_told(
    acting, mother, people, as_actor, at
):
    child = people.patient(birth_date=born_to_turn(15))
    midnight = turns(child.birth_date, 15, zone=zone())
    right = parenthood(acting, mother, child)
    seen = []

    for moment in (midnight - SECOND, midnight):
        at(moment)
        with as_actor(Actor.anonymous()) as session:
            signs_in = matched_patient(
                session,
                system=SNILS_SYSTEM,
                value=child.snils,
                birth_date=child.birth_date,
                level=Assurance.HIGH,
            )
        page = read(acting.browser_of(mother).get(HOME))
        seen.append((signs_in, "your child can sign in alone" in page, "Open this record" in page))

    assert seen == [(None, False, True), (child.id, True, True)]
    browser = acting.browser_of(mother)
    assert acting.go_on(browser, right).status_code == 303


def test_on_the_eighteenth_birthday_the_mother_is_out_and_told_why(acting, mother, people, at):
    child = people.patient(birth_date=born_to_turn(18))
    midnight = turns(child.birth_date, 18, zone=zone())
    right = parenthood(acting, mother, child)
    browser = acting.acting(mother, right)
    token = browser.get_cookie(CITIZEN_COOKIE).value

    at(midnight - SECOND)
    before = sign_in_of(token)
    at(midnight)
    after = sign_in_of(token)
    own = acting.browser_of(mother)
    page = own.get(HOME)

    assert before.actor.patient_id == child.id
    assert after is None
    assert browser.get("/my/timeline").status_code == 303
    assert "Your child came of age on" in read(page)
    assert own.post(REPRESENTATION, data=filled(page, delegation=str(right))).status_code in (404, 422)


def test_a_grant_is_over_with_the_night_after_its_last_day(acting, mother, people, at):
    somebody, another = people.patient(), people.patient()
    midnight = (now() + AHEAD).astimezone(zone()).replace(hour=0, minute=0, second=0, microsecond=0)
    right = acting.let(mother, somebody, ends_at=midnight)
    acting.let(mother, another, ends_at=midnight + AHEAD)
    answers = []

    for moment in (midnight - SECOND, midnight):
        at(moment)
        browser = acting.browser_of(mother)
        page = browser.get(HOME)
        told = "Since" in read(page)
        went = browser.post(REPRESENTATION, data=filled(page, delegation=str(right)))
        answers.append((told, went.status_code))

    assert answers == [(False, 303), (True, 404)]
