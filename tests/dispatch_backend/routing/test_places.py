"""Of every place that could be thought of the dispatcher reads whether it is offered, and otherwise why not."""

from datetime import date, timedelta

import pytest

from dispatch_backend.console.actions import open_places, open_referral
from dispatch_backend.routing.forms import WHY_NOT_WORDS
from dispatch_backend.routing.queries.offers import OfferFilter
from dispatch_backend.routing.rules import WhyNot
from foundation.clock import now, today
from foundation.errors import NotFound
from identity.people.enumerations import AdministrativeGender
from tests.dispatch_backend.routing.test_orders import licence, order
from tests.pages import read

TODAY = today()


@pytest.fixture
def found(desk):
    """What stands against each of these places."""

    def found(referral_id, *facility_ids):
        with desk.as_actor(desk.dispatcher.actor) as session:
            places = {each.facility.id: each for each in open_places(session, referral_id).places}
            for each in facility_ids:
                offers = open_referral(session, referral_id, wanted=OfferFilter(place_id=each)).slots
                # The page of the offers and this one never disagree.
                assert bool(offers) == (each in places and places[each].why_not is None)
        return [places[each].why_not if each in places else "not thought of" for each in facility_ids]

    return found


def test_each_reason_is_told_and_what_is_offered_has_none(desk, people, load, code, found):
    patient = desk.patient(sex=AdministrativeGender.FEMALE, birth_date=date(TODAY.year - 40, 1, 1))
    offered, other, full, named, unlicensed, child, male, soon, busy = (people.facility() for _ in range(9))
    when = now() + timedelta(days=3)
    for place in (offered, unlicensed, child, male):
        desk.slot(facility_id=place, starts_at=when - timedelta(hours=5))
    desk.slot(facility_id=soon, starts_in=timedelta(minutes=30))
    desk.slot(facility_id=other, service_code="I-MRI")
    desk.booked(desk.sent(), desk.slot(facility_id=full))
    desk.booked(desk.sent(patient, service_code="I-MRI"), desk.slot(starts_at=when, service_code="I-MRI"))
    desk.slot(facility_id=busy, starts_at=when)
    load(
        "load-capabilities",
        licence(code(unlicensed), valid_to=TODAY),
        licence(code(child), age_to=17),
        licence(code(male), sex="male"),
    )
    load("load-route-orders", order(start=code(desk.doctor.facility_id), targets=[code(named)]))
    referral_id = desk.sent(patient)

    assert found(referral_id, offered, other, full, named) == [
        None,
        "not thought of",
        WhyNot.NOTHING_FREE,
        WhyNot.NO_TIMES,
    ]
    assert found(referral_id, unlicensed, child, male, soon, busy) == [
        WhyNot.LICENCE,
        WhyNot.AGE,
        WhyNot.SEX,
        WhyNot.TOO_SOON,
        WhyNot.PATIENT_ELSEWHERE,
    ]


def test_a_place_that_is_offered_only_after_the_legal_day_says_so(desk, people, client_for):
    desk.slot(facility_id=people.facility(), starts_in=timedelta(days=40))
    referral_id = desk.sent()
    address = f"/dispatch/referrals/{referral_id}"
    dispatcher, english = client_for(desk.dispatcher.actor), {"Accept-Language": "en"}

    page = dispatcher.get(f"{address}/places", headers=english)

    assert "only after the legal day" in read(page)
    assert "только после законного срока" in read(dispatcher.get(f"{address}/places"))
    assert f"{address}/places" in dispatcher.get(address).text


def test_every_reason_has_its_words():
    assert WHY_NOT_WORDS.keys() == set(WhyNot)


def test_a_stranger_finds_no_places(desk, people, walled):
    referral_id, stranger = desk.sent(), people.dispatcher(facility_id=people.facility()).actor
    walled()

    with pytest.raises(NotFound), desk.as_actor(stranger) as session:
        open_places(session, referral_id)
