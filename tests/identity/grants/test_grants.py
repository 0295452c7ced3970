"""A citizen lets another act for them: offered, accepted, used as far as it goes, taken back at once."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from foundation.actor import ActorKind
from foundation.clock import now, today, zone
from foundation.errors import NotAllowed
from foundation.outbox import announce
from foundation.sealing import keyed_digest
from identity.access.enumerations import Scope
from identity.delegations.enumerations import DelegationKind
from identity.delegations.queries import living_delegations
from identity.grants.actions import offer_right, open_offer, revoke_offer, take_back
from identity.grants.rules import NewOffer, over_at
from identity.sessions.queries.sessions import sign_in_of
from tests.identity.delegations.acting import HOME
from tests.identity.grants.giving import DELEGATES, NEW
from tests.identity.journeys import CITIZEN_COOKIE
from tests.pages import filled, read
from tests.people import new_snils

ABSENT = "0198a3c4-0000-7000-8000-000000000000"
BANNER = "You are looking at the record of"


@pytest.fixture
def giver(people):
    return people.patient(family_name="Доверова", given_name="Дарья")


@pytest.fixture
def friend(people):
    return people.patient(family_name="Поверин", given_name="Пётр", birth_date=date(1971, 2, 3))


def token_in(browser):
    return browser.get_cookie(CITIZEN_COOKIE).value


def test_an_offer_stands_on_the_first_page_of_the_person_and_accepted_it_opens_the_record(
    giving, giver, friend, walls
):
    offer_id = giving.offered(giver, friend, words="Бабушкины записи")
    browser = giving.browser_of(friend)
    first = read(browser.get(HOME))
    asked = read(browser.get(f"/my/offers/{offer_id}"))

    accepted = giving.answer(browser, offer_id)
    page = read(browser.get(accepted.location))
    opened = giving.acting.go_on(browser, offer_id)

    assert "You are asked to act for somebody Doverova" in first
    assert "Doverova" in asked
    assert "Бабушкины записи" in asked
    assert (accepted.status_code, accepted.location) == (303, HOME)
    assert "Records you may open Doverova" in page
    assert opened.status_code == 303
    assert BANNER in read(browser.get("/my/timeline"))


def test_the_giver_sees_each_state(giving, giver, friend, people):
    other = people.patient()
    browser = giving.browser_of(giver)
    empty = read(browser.get(DELEGATES))
    accepted = giving.granted(giver, friend)
    declined = giving.offered(giver, other)
    waiting = read(browser.get(DELEGATES))
    giving.answer(giving.browser_of(other), declined, "declined")
    answered = read(browser.get(DELEGATES))
    giving.press(browser, f"{DELEGATES}/rights/{accepted}/end")
    ended = read(browser.get(DELEGATES))

    assert "Nobody may act for you" in empty
    assert "Poverin" in waiting
    assert f"{other.snils[6:9]} {other.snils[9:]}" in waiting
    assert other.snils[:6] not in waiting.replace("-", "")
    assert "Waits for an answer until" in waiting
    assert "Declined" in answered
    assert "Take this right back" in answered
    assert "Take this right back" not in ended
    assert "Ended" in ended


def test_nobody_tells_whether_such_a_person_exists(giving, giver, friend):
    """A number that nobody has, another's day of birth, and a person: the same answer, and the same line afterwards."""
    browser = giving.browser_of(giver)
    nobody = new_snils()
    asked = [
        {"to": friend},
        {"snils": nobody, "birth_date": "1970-01-01"},
        {"snils": new_snils(), "birth_date": str(friend.birth_date)},
    ]

    answers = [giving.offer(browser, **each) for each in asked]
    lines = read(browser.get(DELEGATES))

    assert {(each.status_code, each.location, each.text) for each in answers} == {
        (303, DELEGATES, answers[0].text)
    }
    assert lines.count("Waits for an answer until") == 3


def test_what_is_asked_of_the_database_is_the_same_whoever_it_is(
    giving, giver, friend, engines, statements_of
):
    """No statement looks into the register of others, so that no time tells either."""
    browser = giving.browser_of(giver)

    known = statements_of(lambda: giving.offer(browser, friend))
    unknown = statements_of(lambda: giving.offer(browser, snils=new_snils(), birth_date="1970-01-01"))

    assert known == unknown
    assert any("delegation_offer" in each for each in known)


@pytest.mark.parametrize("wrong", ["another's number", "another's birth"])
def test_an_offer_is_found_by_number_and_birth_together_alone(giving, giver, friend, people, wrong, walls):
    typed = {
        "another's number": {"snils": people.patient().snils, "birth_date": str(friend.birth_date)},
        "another's birth": {"snils": friend.snils, "birth_date": "1971-02-04"},
    }[wrong]
    offer_id = giving.offered(giver, friend, **typed)
    browser = giving.browser_of(friend)

    assert giving.offers_on_first_page(browser) == []
    assert browser.get(f"/my/offers/{offer_id}").status_code == 404
    assert giving.answer(browser, offer_id).status_code == 404


def test_another_s_offer_is_answered_as_one_that_is_not_there(giving, giver, friend, people, walls):
    offer_id = giving.offered(giver, friend)
    stranger = giving.browser_of(people.patient())

    for address in (
        "/my/offers/{}",
        "/my/delegates/offers/{}/revocation",
        "/my/delegates/rights/{}/end",
        "/my/represented/{}/end",
    ):
        tried = [address.format(each) for each in (offer_id, ABSENT)]
        asked = [stranger.get(each) for each in tried] if address[4:] == "offers/{}" else []
        sent = [stranger.post(each, data=filled(stranger.get(NEW), answer="accepted")) for each in tried]
        assert [each.status_code for each in asked + sent] == [404] * len(asked + sent), address
        assert read(sent[0]) == read(sent[1])
    assert giving.offers_on_first_page(giving.browser_of(friend)) == [offer_id]


def test_the_right_goes_as_far_as_it_was_given(giving, giver, friend, walls):
    right = giving.granted(giver, friend, scopes=["bookings"])
    browser = giving.browser_of(friend)
    giving.acting.go_on(browser, right)

    pages = {
        each: browser.get(each).status_code
        for each in ("/my/dispatch", "/my/timeline", "/my/images", "/my/access", "/my/record.json")
    }

    assert pages == {"/my/dispatch": 200, **dict.fromkeys(list(pages)[1:], 403)}
    assert browser.get(f"/fhir/Patient/{giver.id}/$everything").status_code == 403
    assert "The record was downloaded" not in read(giving.browser_of(giver).get("/my/access"))


def test_taken_back_it_is_dead_on_the_next_request(giving, giver, friend):
    right = giving.granted(giver, friend)
    delegate = giving.browser_of(friend)
    giving.acting.go_on(delegate, right)
    alive = sign_in_of(token_in(delegate))

    answer = giving.press(giving.browser_of(giver), f"{DELEGATES}/rights/{right}/end")

    assert alive.actor.patient_id == giver.id
    assert answer.status_code == 303
    assert sign_in_of(token_in(delegate)) is None
    assert delegate.get("/my/timeline").status_code == 303


def test_the_delegate_gives_it_back_and_a_second_press_changes_nothing(giving, giver, friend, walls):
    right = giving.granted(giver, friend, scopes=["images"])
    browser = giving.browser_of(friend)
    form = filled(browser.get(DELEGATES))

    answers = [browser.post(f"/my/represented/{right}/end", data=form).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert "Open this record" not in read(browser.get(HOME))
    log = read(giving.browser_of(giver).get("/my/access"))
    assert "Poverin" in log
    assert "Somebody may no longer act for you" in log


def test_both_read_who_did_what(giving, giver, friend):
    giving.granted(giver, friend)

    own = read(giving.browser_of(giver).get("/my/access?whose=own"))
    others = read(giving.browser_of(giver).get("/my/access"))

    assert "You offered somebody to act for you" in own
    assert "Poverin" in others
    assert "The right to act for you that you offered was accepted" in others


@pytest.mark.parametrize(
    ("answer", "news"),
    [
        ("accepted", "The right to act for you was accepted"),
        ("declined", "The right to act for you that you offered was declined"),
    ],
)
@pytest.mark.parametrize("scopes", [["images"], ["record", "bookings", "images"]])
def test_who_offered_is_told_of_the_answer(giving, giver, friend, deliver, answer, news, scopes):
    offer_id = giving.offered(giver, friend, scopes=scopes)
    browser = giving.browser_of(friend)

    giving.answer(browser, offer_id, answer)
    giving.answer(browser, offer_id, answer)
    deliver(f"delegation-offer.{answer}", offer_id)

    home = giving.browser_of(giver).get(HOME)
    assert read(home).count(news) == 1
    assert 'href="/my/delegates"' in home.text
    assert news not in read(giving.browser_of(friend).get(HOME))


@pytest.mark.parametrize("who", ["giver", "friend"])
def test_nobody_announces_an_answer_that_they_have_not_just_given(giving, giver, friend, as_actor, who):
    offer_id = giving.granted(giver, friend)
    payload = {"patient_id": str(giver.id), "object_id": offer_id}

    actor = {"giver": giver, "friend": friend}[who].actor
    with pytest.raises(ProgrammingError, match="row-level security"), as_actor(actor) as session:
        announce(session, "delegation-offer.accepted", payload)


def test_an_offer_is_answered_once(giving, giver, friend):
    offer_id = giving.offered(giver, friend)
    browser = giving.browser_of(friend)
    form = filled(browser.get(f"/my/offers/{offer_id}"))

    declined = browser.post(f"/my/offers/{offer_id}", data={**form, "answer": "declined"})
    again = browser.post(f"/my/offers/{offer_id}", data={**form, "answer": "declined"})
    later = giving.answer(browser, offer_id, "accepted")

    assert (declined.status_code, again.status_code, later.status_code) == (303, 303, 412)
    assert "Open this record" not in read(browser.get(HOME))


def test_a_withdrawn_offer_is_accepted_by_nobody(giving, giver, friend):
    offer_id = giving.offered(giver, friend)
    own, browser = giving.browser_of(giver), giving.browser_of(friend)
    form = filled(browser.get(f"/my/offers/{offer_id}"), answer="accepted")

    revoked = giving.press(own, f"{DELEGATES}/offers/{offer_id}/revocation")

    assert revoked.status_code == 303
    assert browser.post(f"/my/offers/{offer_id}", data=form).status_code == 404
    assert giving.offers_on_first_page(browser) == []
    assert "You withdrew the offer" in read(own.get(DELEGATES))


def test_what_was_accepted_is_not_withdrawn_but_taken_back(giving, giver, friend):
    offer_id = giving.granted(giver, friend)

    answer = giving.press(giving.browser_of(giver), f"{DELEGATES}/offers/{offer_id}/revocation")

    assert answer.status_code == 412


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"snils": "112-233-445 96"}, "This is no SNILS"),
        ({"snils": ""}, "Type the whole SNILS."),
        ({"birth_date": ""}, "Type the date of birth."),
        ({"scopes": []}, "Choose at least one."),
        ({"last_day": ""}, "Type the last day."),
        ({"words": "д" * 301}, "fewer than 300"),
        ({"last_day": str(today() - timedelta(days=1))}, "over already"),
        ({"last_day": str(today() + timedelta(days=366))}, "for a year at the longest"),
        ({"last_day": "9999-12-31"}, "for a year at the longest"),
    ],
)
def test_a_form_with_a_mistake_says_it_and_nothing_is_kept(giving, giver, friend, wrong, sentence):
    browser = giving.browser_of(giver)

    answer = giving.offer(browser, friend, **wrong)

    assert answer.status_code in (409, 422)
    assert sentence in read(answer)
    assert "Nobody may act for you" in read(browser.get(DELEGATES))


def test_nobody_offers_to_themselves_or_twice_to_one_person(giving, giver, friend):
    browser = giving.browser_of(giver)
    first = giving.offer(browser, friend)

    assert first.status_code == 303
    assert "already" in read(giving.offer(browser, friend))
    assert "your own SNILS" in read(giving.offer(browser, giver))


def test_after_many_offers_of_a_day_nothing_is_taken(giving, giver, most_a_day):
    browser = giving.browser_of(giver)

    statuses = [
        giving.offer(browser, snils=new_snils(), birth_date="1970-01-01").status_code
        for _ in range(most_a_day + 1)
    ]

    assert statuses == [303] * most_a_day + [429]


def test_a_child_accepts_nothing(giving, giver, people):
    young = people.patient(birth_date=today() - timedelta(days=16 * 365))
    offer_id = giving.offered(giver, young)

    answer = giving.answer(giving.browser_of(young), offer_id)

    assert answer.status_code == 409
    assert "eighteenth birthday" in read(answer)


def test_whoever_acts_for_somebody_gives_nobody_a_right_over_them(giving, giver, friend, people):
    right = giving.granted(giver, friend, scopes=["record", "bookings", "images"])
    browser = giving.browser_of(friend)
    third = people.patient()
    form = filled(browser.get(NEW))
    giving.acting.go_on(browser, right)

    assert [browser.get(each).status_code for each in (DELEGATES, NEW)] == [403, 403]
    assert browser.post(f"{DELEGATES}/rights/{right}/end", data=form).status_code in (403, 422)
    page = browser.get(HOME)
    assert "/my/delegates" not in page.text
    sent = {
        "snils": third.snils,
        "birth_date": str(third.birth_date),
        "scopes": ["record"],
        "last_day": str(today()),
    }
    assert browser.post(DELEGATES, data={**filled(page), **sent}).status_code == 403


def test_the_identifier_is_not_kept_in_the_clear(giving, giver, friend, as_administrator):
    offer_id = giving.offered(giver, friend)

    with as_administrator() as connection:
        row = connection.execute(
            text(
                "SELECT o::text AS whole, identifier_digest FROM identity.delegation_offer o WHERE id = :id"
            ),
            {"id": offer_id},
        ).one()

    assert friend.snils not in row.whole
    assert friend.snils.encode().hex() not in row.whole
    assert bytes(row.identifier_digest) == keyed_digest(friend.snils)


def test_a_right_ends_with_its_last_day(giving, giver, friend, as_actor):
    giving.granted(giver, friend, last_day=str(today()))

    with as_actor(giver.actor) as session:
        (card,) = living_delegations(session)
    assert card.ends_at == over_at(today(), zone=zone())
    assert card.ends_at.astimezone(zone()).time().isoformat() == "00:00:00"


@pytest.mark.parametrize(
    "forged", ["for another", "in a delegate's name", "an answer of the other's", "the end of another's"]
)
def test_the_database_takes_no_offer_or_answer_of_another(giving, giver, friend, people, as_actor, forged):
    """As whoever runs SQL of their own as the web would try it."""
    right = giving.granted(giver, friend)
    waiting = giving.offered(giver, people.patient())
    stranger = people.patient()
    offer = (
        "INSERT INTO identity.delegation_offer (id, patient_id, identifier_system, identifier_digest, identifier_sealed, "
        "birth_date, scopes, words, ends_at, expires_at) VALUES (gen_random_uuid(), :giver, 'x', '\\x00', '\\x00', "
        "'1970-01-01', '{record}', '', now() + interval '2 days', now() + interval '1 day')"
    )
    delegate = replace(
        friend.actor,
        kind=ActorKind.DELEGATE,
        patient_id=giver.id,
        own_patient_id=friend.id,
        delegation_id=right,
    )
    actor, statement = {
        "for another": (stranger.actor, offer),
        "in a delegate's name": (delegate, offer),
        "an answer of the other's": (
            giver.actor,
            "INSERT INTO identity.delegation_offer_answer (offer_id, patient_id, answer) VALUES (:offer, :giver, 'accepted')",
        ),
        "the end of another's": (
            stranger.actor,
            "INSERT INTO identity.delegation_end (delegation_id, patient_id, delegate_id, reason) "
            "VALUES (:right, :giver, :friend, 'mine')",
        ),
    }[forged]

    with pytest.raises(ProgrammingError, match="row-level security"), as_actor(actor) as session:
        session.execute(
            text(statement), {"giver": giver.id, "friend": friend.id, "offer": waiting, "right": right}
        )


def test_the_database_lets_nobody_accept_what_was_offered_to_another(giving, giver, friend, people, as_actor):
    offer_id = giving.offered(giver, friend)
    stranger = people.patient()
    giving.browser_of(stranger)
    forged = replace(
        stranger.actor,
        kind=ActorKind.DELEGATE,
        patient_id=giver.id,
        own_patient_id=stranger.id,
        delegation_id=offer_id,
    )

    with as_actor(forged) as session:
        taken = session.scalar(text("SELECT identity.answer_offer(:offer, true)"), {"offer": offer_id})

    assert taken is False
    with as_actor(giver.actor) as session:
        assert living_delegations(session) == []


def test_an_offer_that_nobody_answers_is_over(giving, giver, friend, as_administrator):
    offer_id = giving.offered(giver, friend)
    with as_administrator() as connection:
        connection.execute(
            text(
                "UPDATE identity.delegation_offer SET offered_at = :then, expires_at = :over, "
                "ends_at = ends_at WHERE id = :id"
            ),
            {"then": now() - timedelta(days=31), "over": now() - timedelta(days=1), "id": offer_id},
        )

    browser = giving.browser_of(friend)
    assert giving.offers_on_first_page(browser) == []
    assert giving.answer(browser, offer_id).status_code == 404
    assert "Nobody answered in time" in read(giving.browser_of(giver).get(DELEGATES))


def test_rights_of_parents_are_ended_by_neither_of_the_two(giving, people, as_actor, walls):
    mother, child = people.patient(), people.patient(birth_date=today() - timedelta(days=16 * 365))
    right = giving.acting.let(
        mother, child, kind=DelegationKind.PARENT, ends_at=None, basis="Birth certificate"
    )
    tried = {
        child: f"{DELEGATES}/rights/{right}/end",
        mother: f"/my/represented/{right}/end",
    }

    statuses = [giving.press(giving.browser_of(who), address).status_code for who, address in tried.items()]

    assert statuses == [404, 404]
    with as_actor(mother.actor) as session:
        assert [each.id for each in living_delegations(session)] == [right]


def test_the_database_ends_no_right_of_a_parent_by_the_child_s_will(giving, people, as_actor):
    mother, child = people.patient(), people.patient(birth_date=today() - timedelta(days=16 * 365))
    right = giving.acting.let(
        mother, child, kind=DelegationKind.PARENT, ends_at=None, basis="Birth certificate"
    )

    with pytest.raises(ProgrammingError, match="row-level security"), as_actor(child.actor) as session:
        session.execute(
            text(
                "INSERT INTO identity.delegation_end (delegation_id, patient_id, delegate_id, reason) "
                "VALUES (:right, :child, :mother, 'mine')"
            ),
            {"right": right, "child": child.id, "mother": mother.id},
        )


def test_an_offer_or_an_end_in_a_delegate_s_name_is_refused_before_anything_is_asked(
    giving, giver, friend, people, as_actor
):
    right = giving.granted(giver, friend)
    waiting = giving.offered(giver, people.patient())
    third = people.patient()
    delegate = replace(
        friend.actor,
        kind=ActorKind.DELEGATE,
        patient_id=giver.id,
        own_patient_id=friend.id,
        delegation_id=UUID(right),
    )
    new = NewOffer(snils=third.snils, birth_date=third.birth_date, scopes=(Scope.RECORD,), last_day=today())

    for act in (
        lambda session: offer_right(session, new),
        lambda session: take_back(session, UUID(right)),
        lambda session: revoke_offer(session, UUID(waiting)),
        lambda session: open_offer(session, UUID(waiting)),
    ):
        with pytest.raises(NotAllowed), as_actor(delegate) as session:
            act(session)
