"""Whom a court has found incapable gives nobody a right and holds none; what stood before ends when the guardian is entered."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from foundation.clock import today
from foundation.errors import NotAllowed, RuleBroken
from identity.access.enumerations import Scope
from identity.delegations.queries import living_delegations
from identity.grants import actions
from identity.grants.actions import offer_right
from identity.grants.rules import NewOffer
from identity.guardians.actions import end_guardian
from identity.guardians.enumerations import GuardianBasis, GuardianEndReason
from tests.identity.deaths.factories import died, undone
from tests.identity.delegations.acting import HOME, Acting
from tests.identity.grants.giving import DELEGATES, NEW, Giving
from tests.identity.guardians.guarding import Guarding
from tests.pages import read

SENTENCE = "You cannot let somebody else act for you."


def offer_to(friend) -> NewOffer:
    return NewOffer(
        snils=friend.snils,
        birth_date=friend.birth_date,
        scopes=(Scope.RECORD,),
        last_day=today() + timedelta(days=30),
    )


@pytest.fixture
def guarding(people, as_actor) -> Guarding:
    return Guarding(people, as_actor)


@pytest.fixture
def giving(people, client_for, as_loader, as_administrator) -> Giving:
    return Giving(Acting(people, client_for, as_loader, as_administrator))


@pytest.fixture
def friend(people, guarding):
    return people.patient(family_name="Поверин", cared_for_at=guarding.registrar.facility_id)


def test_what_the_ward_gave_and_holds_ends_at_once_and_is_told(guarding, giving, friend, as_actor):
    given, held = giving.granted(guarding.ward, friend), giving.granted(friend, guarding.ward)
    looking = giving.acting.acting(friend, given)
    before = looking.get("/my/timeline").status_code

    guarding.enter()

    with as_actor(friend.actor) as session:
        left = {each.id for each in living_delegations(session)}
    assert before == 200
    assert looking.get("/my/timeline").status_code == 303
    assert left.isdisjoint({given, held})
    assert "Let somebody act for you" not in read(giving.browser_of(guarding.ward).get(DELEGATES))
    assert "Ended" in read(giving.browser_of(guarding.ward).get(DELEGATES))
    assert "Somebody may no longer act for you" in read(giving.browser_of(guarding.ward).get("/my/access"))
    assert "Somebody may no longer act for you" in read(giving.browser_of(friend).get("/my/access"))


def test_the_form_and_what_is_sent_are_refused_and_the_page_says_why(guarding, giving, friend):
    browser = giving.browser_of(guarding.ward)
    form = browser.get(NEW)
    guarding.enter()

    assert form.status_code == 200
    assert SENTENCE in read(browser.get(DELEGATES))
    assert SENTENCE in read(browser.get(NEW))
    assert giving.offers_on_first_page(giving.browser_of(friend)) == []


def test_an_offer_sent_meanwhile_is_refused(guarding, giving, friend, as_actor):
    guarding.enter()
    new = offer_to(friend)

    with as_actor(guarding.ward.actor) as session, pytest.raises(RuleBroken, match="by a court’s decision"):
        offer_right(session, new)


def test_the_database_alone_refuses_it_too(guarding, friend, as_actor, monkeypatch):
    guarding.enter()
    monkeypatch.setattr(actions, "is_incapable", lambda _session: False)

    with as_actor(guarding.ward.actor) as session, pytest.raises((NotAllowed, ProgrammingError)):
        offer_right(session, offer_to(friend))


@pytest.mark.parametrize("side", ["ward", "friend"])
def test_an_offer_that_waits_is_no_longer_shown_nor_accepted(guarding, giving, friend, side):
    giver, taker = (guarding.ward, friend) if side == "ward" else (friend, guarding.ward)
    offer_id = giving.offered(giver, taker)
    browser = giving.browser_of(taker)
    waiting = giving.offers_on_first_page(browser)

    guarding.enter()

    assert waiting == [offer_id]
    assert giving.offers_on_first_page(browser) == []
    assert giving.answer(giving.browser_of(taker), offer_id).status_code == 404


def test_who_is_limited_only_goes_on_giving(guarding, giving, friend):
    guarding.enter(basis=GuardianBasis.LIMITED_CAPACITY)

    offer_id = giving.granted(guarding.ward, friend)

    assert giving.acting.go_on(giving.browser_of(friend), offer_id).status_code == 303


def test_when_the_guardianship_is_over_rights_are_given_again(guarding, giving, friend, as_actor):
    right = guarding.enter()
    with as_actor(guarding.registrar.actor) as session:
        end_guardian(session, guarding.ward.id, right, reason=GuardianEndReason.COURT_OR_AUTHORITY)

    assert giving.granted(guarding.ward, friend)


def test_nobody_ends_rights_by_another_s_paper_or_an_older_one(guarding, giving, friend, people, as_actor):
    right = guarding.enter()
    other = people.registrar()
    end = text("SELECT identity.end_rights_of_incapable(:right)")

    with as_actor(guarding.registrar.actor) as session:
        later = session.scalar(end, {"right": right})
    with as_actor(other.actor) as session:
        foreign = session.scalar(end, {"right": right})

    assert (later, foreign) == ([], [])
    assert giving.browser_of(friend).get(HOME).status_code == 200


def test_a_right_that_an_undone_death_would_bring_back_stays_over(guarding, giving, friend, as_actor):
    giving.granted(guarding.ward, friend)
    with as_actor(guarding.registrar.actor) as session:
        death = died(session, friend.id)
    guarding.enter()

    with as_actor(guarding.registrar.actor) as session:
        undone(session, friend.id, death)

    with as_actor(friend.actor) as session:
        assert living_delegations(session) == []
    assert "Ended" in read(giving.browser_of(guarding.ward).get(DELEGATES))


def test_a_right_that_was_left_behind_opens_nothing_and_is_not_told_as_living(
    guarding, giving, friend, as_administrator
):
    """As where an offer was accepted in the moment in which the guardian was entered."""
    right = giving.granted(guarding.ward, friend)
    looking = giving.acting.acting(friend, right)
    guarding.enter()
    with as_administrator() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text("DELETE FROM identity.delegation_end WHERE delegation_id = :right"), {"right": right}
        )

    assert looking.get("/my/timeline").status_code == 303
    assert "Records you may open" not in read(giving.browser_of(friend).get(HOME))
    assert "Take this right back" not in read(giving.browser_of(guarding.ward).get(DELEGATES))
