"""Who may not decide for somebody is refused by the application, and by the database where the application forgets to ask."""

from contextlib import nullcontext
from datetime import date, timedelta
from typing import NamedTuple

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import ProgrammingError

from foundation.actor import Actor
from foundation.clock import now, today, zone
from foundation.errors import RuleBroken
from identity.access.enumerations import CareBasis
from identity.closures.actions import close_record, lift_closure
from identity.consents.actions import decide_consent
from identity.consents.enumerations import Decision, Purpose
from identity.delegations.actions import end_delegation
from identity.delegations.enumerations import DelegationKind
from identity.delegations.queries import decides_until_now
from identity.delegations.rules.ages import turns
from identity.delegations.tables import AgeLimit
from identity.sessions.queries import sessions
from portal.erasures.actions import ask_for_erasure
from tests.identity.delegations.acting import Acting
from tests.identity.journeys import CITIZEN_COOKIE
from tests.people import MadePatient

ASKS = [
    f"{subject}.actions.decides_until_now"
    for subject in ("identity.closures", "identity.consents", "portal.erasures")
]
UNTIL = select(func.identity.actor_decides_until())


class Family(NamedTuple):
    """Somebody whose record a clinic sees, and who acts for them."""

    person: MadePatient
    place: object
    actor: Actor


def born(years: int, *, days: int = 0) -> date:
    """Who was born on that day becomes so many years old in so many days."""
    day = today() + timedelta(days=days)
    if (day.month, day.day) == (2, 29):
        day -= timedelta(days=1)
    return day.replace(year=day.year - years)


@pytest.fixture
def own_access_age(as_administrator):
    with as_administrator() as connection:
        return connection.scalar(
            text(
                "SELECT years FROM identity.age_limit WHERE kind = 'own_access' ORDER BY valid_from DESC LIMIT 1"
            )
        )


@pytest.fixture
def family(people, client_for, as_loader, as_administrator):
    """`family(kind, born)`: somebody of that birth, and whoever acts for them by a right of that kind."""
    acting = Acting(people, client_for, as_loader, as_administrator)

    def made(kind, birth_date):
        place = people.doctor().facility_id
        person = people.patient(birth_date=birth_date, cared_for_at=place, basis=CareBasis.IMPORT)
        delegate = people.patient()
        changes = {"ends_at": None} if kind is DelegationKind.PARENT else {}
        browser = acting.acting(delegate, acting.let(delegate, person, kind=kind, **changes))
        actor = sessions.sign_in_of(browser.get_cookie(CITIZEN_COOKIE).value).actor
        return Family(person, place, actor)

    return made


def close(session, of):
    close_record(session, of.place)


def lift(session, of):
    lift_closure(session, of.place)


def consent(session, of):
    decide_consent(session, Purpose.RESEARCH, decision=Decision.PERMIT, seen_version=1)


def erase(session, of):
    ask_for_erasure(session, words="All of it")


DEEDS = [close, lift, consent, erase]
KINDS = [
    (DelegationKind.PARENT, 1, True),
    (DelegationKind.PARENT, 0, False),
    (DelegationKind.PARENT, -400, False),
    (DelegationKind.GRANT, -400, False),
    (DelegationKind.GUARDIAN, -400, True),
]


@pytest.fixture
def forgotten(monkeypatch):
    """`forgotten(until)`: the application asks nobody whether they decide, and takes that moment for the end of what they do."""

    def made(until=None):
        for each in ASKS:
            monkeypatch.setattr(each, lambda _session: until or now() + timedelta(seconds=1))

    return made


@pytest.fixture(params=["both walls", "the database alone"])
def refused(request):
    """How what nobody decides is refused."""
    if request.param == "both walls":
        return pytest.raises(RuleBroken)
    request.getfixturevalue("forgotten")()
    return pytest.raises(ProgrammingError, match=r"not the actor's|row-level security")


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize(("kind", "days", "decides"), KINDS)
def test_a_parent_decides_until_the_birthday_a_guardian_always_and_a_friend_never(
    family, as_actor, own_access_age, refused, deed, kind, days, decides
):
    of = family(kind, born(own_access_age, days=days))
    if deed is lift:
        with as_actor(of.person.actor) as session:
            close(session, of)

    with nullcontext() if decides else refused, as_actor(of.actor) as session:
        deed(session, of)


def test_what_a_parent_answers_stands_no_longer_than_the_database_says(
    family, as_actor, own_access_age, forgotten
):
    of = family(DelegationKind.PARENT, born(own_access_age, days=1))
    forgotten(turns(of.person.birth_date, own_access_age, zone=zone()) + timedelta(seconds=1))

    with pytest.raises(ProgrammingError, match="row-level security"), as_actor(of.actor) as session:
        consent(session, of)


@pytest.mark.parametrize("birth_date", [date(2016, 2, 29), date(2017, 3, 1), date(2024, 12, 31)])
@pytest.mark.parametrize("kind", [DelegationKind.PARENT, DelegationKind.GUARDIAN])
def test_the_database_reckons_as_the_application_does(family, as_actor, kind, birth_date):
    of = family(kind, birth_date)

    with as_actor(of.actor) as session:
        assert session.scalar(UNTIL) == decides_until_now(session)


@pytest.mark.parametrize("deed", DEEDS)
def test_by_a_right_that_is_over_nobody_decides(family, as_actor, as_loader, forgotten, deed):
    of = family(DelegationKind.GUARDIAN, born(40))
    with as_actor(of.person.actor) as session:
        close(session, of)
    with as_loader() as session:
        end_delegation(session, of.actor.delegation_id, reason="No longer wanted")
    forgotten()

    with (
        pytest.raises(ProgrammingError, match=r"not the actor's|row-level security"),
        as_actor(of.actor) as session,
    ):
        deed(session, of)


def test_where_no_law_names_an_age_no_parent_decides(family, as_actor, as_administrator, own_access_age):
    of = family(DelegationKind.PARENT, born(own_access_age, days=400))
    with as_administrator() as connection:
        rows = connection.execute(
            text("DELETE FROM identity.age_limit WHERE kind = 'own_access' RETURNING *")
        )
        before = [dict(each._mapping) for each in rows]
    try:
        with as_actor(of.actor) as session:
            decides = session.scalar(select(func.identity.actor_decides()))
    finally:
        with as_administrator() as connection:
            connection.execute(insert(AgeLimit), before)

    assert before
    assert decides is False
