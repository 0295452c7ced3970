"""`load-route-orders` and `load-capabilities`: the ministry's orders rank places, and none is offered that may not serve the patient."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch_backend.console.actions import open_referral
from dispatch_backend.routing.queries.offers import OfferFilter
from foundation.clock import today
from identity.people.enumerations import AdministrativeGender
from tests.dispatch_backend.factories import CARDIOLOGIST
from tests.pages import read
from tests.registers import counts, faults

TODAY, YESTERDAY, TOMORROW = (today() + timedelta(days) for days in (0, -1, 1))
LONG_AGO = date(2020, 1, 1)


def order(*, start, targets, **more):
    return {
        "from": start,
        "service": CARDIOLOGIST,
        "targets": " ".join(targets),
        "valid_from": LONG_AGO,
        "valid_to": "",
        "order_number": "477r",
        "ordered_on": "27.07.2021",
        "basis_en": "Distribution of patients",
        "basis_ru": "О распределении пациентов",
        **more,
    }


def licence(facility, **more):
    open_end = {"valid_to": "", "age_from": "", "age_to": "", "sex": ""}
    return {"facility": facility, "service": CARDIOLOGIST, "valid_from": LONG_AGO, **open_end, **more}


@pytest.fixture
def shown(desk):
    """The page of a referral, with what one place offers or, without it, with all that is offered."""

    def shown(referral_id, place_id=None):
        with desk.as_actor(desk.dispatcher.actor) as session:
            return open_referral(session, referral_id, wanted=OfferFilter(place_id=place_id))

    return shown


@pytest.fixture
def ranked(shown):
    """Those of these places that offer something, the best first; however many others do."""

    def ranked(referral_id, *place_ids):
        offers = [offer for each in place_ids for offer in shown(referral_id, each).slots]
        return [each.facility.id for each in sorted(offers, key=lambda each: each.cost.total)]

    return ranked


def test_the_places_of_the_order_in_force_come_first_in_its_order(
    desk, people, load, code, shown, ranked, client_for
):
    start = code(desk.doctor.facility_id)
    first, second, outside = (people.facility() for _ in range(3))
    for days, place in enumerate((outside, second, first), start=2):
        desk.slot(facility_id=place, starts_in=timedelta(days, minutes=7))
    referral_id = desk.sent()
    assert ranked(referral_id, first, second, outside) == [outside, second, first]

    load("load-route-orders", order(start=start, targets=[code(first), code(second)]))

    assert ranked(referral_id, first, second, outside) == [first, second, outside]
    shares = [shown(referral_id, each).slots[0].cost.order for each in (first, second, outside)]
    assert shares == [0, 0.25, 0.5]
    page = read(
        client_for(desk.dispatcher.actor).get(
            f"/dispatch/referrals/{referral_id}?place={outside}", headers={"Accept-Language": "ru"}
        )
    )
    assert "приказ № 477r от 27 июля 2021 г." in page
    assert "О распределении пациентов" in page
    assert "не первое место по приказу 0,50" in page


def test_an_order_holds_from_its_first_day_to_its_last_and_then_the_one_before_it_again(
    desk, people, load, code, shown
):
    start, lasting, passing = code(desk.doctor.facility_id), people.facility(), people.facility()
    referral_id = desk.sent()
    always = order(start=start, targets=[code(lasting)])
    load("load-route-orders", always)

    for begins, ends, in_force in (
        (YESTERDAY, YESTERDAY, lasting),
        (TOMORROW, "", lasting),
        (TODAY, TODAY, passing),
    ):
        load(
            "load-route-orders",
            order(start=start, targets=[code(passing)], valid_from=begins, valid_to=ends),
        )
        assert shown(referral_id).order.targets == (in_force,)


def test_a_rule_that_is_told_otherwise_is_told_anew_whole(desk, people, load, code, shown, version):
    start, targets = code(desk.doctor.facility_id), [people.facility(), people.facility()]
    told, before = order(start=start, targets=[code(each) for each in targets]), version()

    assert counts(load("load-route-orders", told)) == (1, 0, 0, 0)
    assert counts(load("load-route-orders", told)) == (0, 0, 1, 0)
    assert counts(load("load-route-orders", {**told, "targets": code(targets[1])})) == (0, 1, 0, 0)

    assert shown(desk.sent()).order.targets == (targets[1],)
    assert version() == before + 2


@pytest.mark.parametrize(
    ("limit", "offered"),
    [
        ({"age_from": 66, "age_to": 70}, True),
        ({"age_to": 17}, False),
        ({"age_from": 80}, False),
        ({"sex": "female"}, True),
        ({"sex": "male"}, False),
        ({"valid_to": TODAY + timedelta(days=5)}, True),
        ({"valid_to": TOMORROW}, False),
        ({"valid_from": TODAY + timedelta(days=9)}, False),
    ],
)
def test_a_place_that_may_not_serve_the_patient_on_the_day_is_not_offered(
    desk, people, load, code, ranked, limit, offered
):
    patient = desk.patient(sex=AdministrativeGender.FEMALE, birth_date=date(TODAY.year - 67, 1, 1))
    limited, unlimited = people.facility(), people.facility()
    for place in (limited, unlimited):
        desk.slot(facility_id=place, starts_in=timedelta(days=3))
    referral_id = desk.sent(patient)

    load("load-capabilities", licence(code(limited), **limit))

    assert bool(ranked(referral_id, limited)) == offered
    assert ranked(referral_id, unlimited)


def test_any_licence_of_a_place_will_do_and_the_newest_word_of_each_counts(desk, people, load, code, ranked):
    place = people.facility()
    desk.slot(facility_id=place)
    referral_id = desk.sent()

    load("load-capabilities", licence(code(place), age_to=3))
    assert not ranked(referral_id, place)
    load("load-capabilities", licence(code(place), age_to=3, valid_from=TODAY), licence(code(place)))
    assert ranked(referral_id, place)
    assert counts(load("load-capabilities", licence(code(place), age_to=3))) == (0, 1, 0, 0)
    assert not ranked(referral_id, place)


def test_wrong_lines_of_orders_and_licences_are_named_and_nothing_is_entered(people, load, code, version):
    here, before = code(people.facility()), version()

    wrong = load(
        "load-route-orders",
        order(start=here, targets=[here, here]),
        order(start=here, targets=["MF-NONE"], valid_from="2021-01-01"),
        order(start="MF-NONE", targets=[here]),
        order(start=here, targets=[here], service="C-NONE"),
        order(start=here, targets=[here], valid_from="2022-01-01", valid_to="2021-01-01"),
    )
    licences = load(
        "load-capabilities",
        licence(here, age_from=9, age_to=8),
        licence(here, sex="unknown", valid_from="2021-01-01"),
        licence("MF-NONE"),
        licence(here, valid_from="2022-01-01", valid_to="2021-01-01"),
    )

    assert [line for line, _ in faults(wrong)] == [2, 3, 4, 5, 6]
    assert [line for line, _ in faults(licences)] == [2, 3, 4, 5]
    assert version() == before


def test_a_rule_in_force_stays_whole(desk, people, load, code, as_loader):
    load("load-route-orders", order(start=code(desk.doctor.facility_id), targets=[code(people.facility())]))

    more = (
        "INSERT INTO dispatch.route_target SELECT id, 9, from_facility_id, version FROM dispatch.route_rule "
        "WHERE version = dispatch.current_routing()"
    )
    with pytest.raises(DBAPIError, match="stays as it was entered"), as_loader() as session:
        session.execute(text(more))
