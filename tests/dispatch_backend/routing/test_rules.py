"""Which slot is the better one."""

from datetime import UTC, datetime, timedelta

import pytest

from dispatch_backend.routing import rules as ranking

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_the_road_from_orenburg_to_orsk_is_about_as_long_as_on_the_map():
    assert ranking.road_km((51.77, 55.10), (51.23, 58.47)) == pytest.approx(310, rel=0.05)
    assert ranking.road_km((51.77, 55.10), (None, 58.47)) is None


TERM = ranking.Waiting(NOON, NOON + timedelta(days=10), at=NOON)
WEIGHTS = ranking.Weights(breach=10, waiting=1, travel_hour=0.6, outside_order=0.5)


def _way(minutes):
    return ranking.Way(minutes, entered=True)


def test_keeping_the_legal_day_outweighs_the_way():
    far = TERM.cost(NOON + timedelta(days=9), _way(150), 0, WEIGHTS)
    near_but_late = TERM.cost(NOON + timedelta(days=14), _way(5), 0, WEIGHTS)

    assert far.total < near_but_late.total
    assert far.breach == 0 < near_but_late.breach


def test_the_cost_is_the_sum_of_shares_of_the_legal_term_and_hours_of_the_way_each_by_its_weight():
    late = NOON + timedelta(days=12)

    cost = TERM.cost(
        late, _way(90), 0.5, ranking.Weights(breach=5, waiting=2, travel_hour=4, outside_order=3)
    )

    assert cost == pytest.approx((5 * 0.2, 2 * 1.2, 4 * 1.5, 3 * 0.5))
    assert cost.total == pytest.approx(sum(cost))
    assert TERM.cost(late, None, 0, WEIGHTS).travel == 0


def test_a_way_is_as_it_was_told_and_reckoned_from_the_distance_where_it_was_not():
    orenburg, orsk = (51.77, 55.10), (51.23, 58.47)

    assert ranking.way_between(orenburg, orsk, 400) == (400, True)
    reckoned = ranking.way_between(orenburg, orsk, None)
    assert reckoned is not None
    assert (reckoned.minutes, reckoned.entered) == (pytest.approx(310, rel=0.05), False)
    assert ranking.way_between((None, None), orsk, 0) == (0, True)
    assert ranking.way_between((None, None), orsk, None) is None


def test_an_order_prefers_its_places_in_their_order_to_every_other():
    shares = [ranking.outside_order(position, 3) for position in (1, 2, 3, None)]

    assert shares == sorted(set(shares))
    assert (shares[0], shares[-1]) == (0, 1)
    assert ranking.outside_order(None, 0) == 0
