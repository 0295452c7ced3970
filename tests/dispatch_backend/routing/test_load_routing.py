"""`load-routing-weights` and `load-travel-times`: the ministry tells by what free slots are ranked, in versions that stay."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch_backend.console.actions import open_referral
from dispatch_backend.routing.queries.offers import OfferFilter
from foundation.clock import today
from tests.pages import read
from tests.registers import counts, faults

ACT = {"basis_en": "An order", "basis_ru": "Приказ"}
ENGLISH = {"Accept-Language": "en"}


def weights(*, valid_from=None, breach=10, waiting=1, travel_hour=0.6, outside_order=0.5):
    day = valid_from or today()
    told = {"breach": breach, "waiting": waiting, "travel_hour": travel_hour, "outside_order": outside_order}
    return {"valid_from": day, **told, **ACT}


def test_slots_are_ranked_by_the_weights_in_force_today(desk, people, load, code):
    referral_id, near_id, far_id = desk.sent(), people.facility(), people.facility()
    desk.slot(facility_id=near_id, starts_in=timedelta(days=9))
    desk.slot(facility_id=far_id, starts_in=timedelta(days=3))
    load("load-travel-times", {"from": code(desk.doctor.facility_id), "to": code(far_id), "minutes": 300})

    def nearer_is_better():
        costs = [_only_offer(desk, referral_id, place).cost.total for place in (near_id, far_id)]
        return costs[0] < costs[1]

    assert nearer_is_better()
    load("load-routing-weights", weights(travel_hour=0), weights(valid_from=today() + timedelta(1)))
    assert not nearer_is_better()
    # The newest word of a day counts, and what begins tomorrow does not yet.
    load("load-routing-weights", weights(travel_hour=0.7))
    assert nearer_is_better()


def _only_offer(desk, referral_id, place_id):
    """What a place that has one free time is offered at, however many others there are."""
    with desk.as_actor(desk.dispatcher.actor) as session:
        (offer,) = open_referral(session, referral_id, wanted=OfferFilter(place_id=place_id)).slots
    return offer


def test_the_dispatcher_reads_every_addend_and_whether_a_way_was_told(desk, people, load, code, client_for):
    referral_id, told_id = desk.sent(), people.facility()
    home = code(desk.doctor.facility_id)
    desk.slot(facility_id=told_id)
    load("load-travel-times", {"from": home, "to": code(told_id), "minutes": 95})
    load("load-routing-weights", weights(travel_hour=6))
    dispatcher, page = client_for(desk.dispatcher.actor), f"/dispatch/referrals/{referral_id}?place={told_id}"

    english = read(dispatcher.get(page, headers=ENGLISH))
    russian = read(dispatcher.get(page, headers={"Accept-Language": "ru"}))

    assert "1 h 35 min" in english
    assert ", way 9.50" in english
    assert ", путь 9,50" in russian
    load("load-travel-times", {"from": home, "to": code(told_id), "minutes": "40,4"})
    assert "1 h 35 min" not in (now := read(dispatcher.get(page, headers=ENGLISH)))
    assert "40 min" in now
    assert "≈ 40" not in now


def test_what_is_told_otherwise_makes_the_next_version_and_the_one_before_stays(
    desk, people, load, code, version, as_administrator
):
    first = version()
    way = {"from": code(people.facility()), "to": code(people.facility()), "minutes": 30}

    assert counts(load("load-travel-times", way)) == (1, 0, 0, 0)
    assert counts(load("load-travel-times", way)) == (0, 0, 1, 0)
    assert version() == first + 1
    assert counts(load("load-travel-times", {**way, "minutes": 45})) == (0, 1, 0, 0)
    assert counts(load("load-routing-weights", weights(breach=3), dry=True)) == (1, 0, 0, 0)
    assert version() == first + 2
    with as_administrator() as connection:
        told = connection.execute(
            text("SELECT version, minutes FROM dispatch.travel_time WHERE version > :first ORDER BY version"),
            {"first": first},
        ).all()
        noted = connection.scalar(
            text(
                "SELECT reason FROM foundation.audit_event WHERE act = 'travel_time.told' ORDER BY at DESC LIMIT 1"
            )
        )
    assert told == [(first + 1, 30), (first + 2, 45)]
    assert len(noted.split()) == 2


def test_a_wrong_line_is_named_and_nothing_is_entered(people, load, code, version):
    first, here = version(), code(people.facility())

    told = load(
        "load-travel-times",
        {"from": here, "to": here, "minutes": 30},
        {"from": here, "to": "MF-NONE", "minutes": 30},
        {"from": "MF-NONE", "to": here, "minutes": 30_000},
    )
    heavy = load("load-routing-weights", weights(breach="nan"), weights(waiting=-1))

    assert [line for line, _ in faults(told)] == [2, 3, 4]
    assert "there is no way" in faults(told)[0][1]
    assert "MF-NONE" in faults(told)[1][1]
    assert [line for line, _ in faults(heavy)] == [2, 3]
    assert version() == first


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        (
            "INSERT INTO dispatch.routing_weights (valid_from, version, breach, waiting, travel_hour, basis_en, basis_ru) "
            "SELECT DATE '2190-01-01', {version}, 1, 1, 1, 'x', 'x'",
            "stays as it",
        ),
        ("UPDATE dispatch.routing_weights SET breach = 0", "permission denied|append-only|never changed"),
        ("DELETE FROM dispatch.routing_version", "permission denied|append-only|never changed"),
        (
            "INSERT INTO dispatch.routing_version DEFAULT VALUES; INSERT INTO dispatch.routing_weights "
            "SELECT DATE '2190-01-01', {version} + 1, 'NaN', 1, 1, 'x', 'x', 0",
            "ck_routing_weights_between",
        ),
    ],
)
def test_a_version_stays_as_it_was_entered(as_loader, version, sql, why):
    with pytest.raises(DBAPIError, match=why), as_loader() as session:
        session.execute(text(sql.format(version=version())))


def test_the_web_enters_nothing_of_it(desk):
    with pytest.raises(DBAPIError, match="permission denied"), desk.as_actor(desk.doctor.actor) as session:
        session.execute(text("INSERT INTO dispatch.routing_version DEFAULT VALUES"))
