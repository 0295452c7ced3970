"""Which slot is the better one."""

from datetime import UTC, datetime, timedelta

import pytest

from dispatch_backend.routing import rules as ranking

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_the_road_from_orenburg_to_orsk_is_about_as_long_as_on_the_map():
    assert ranking.road_km((51.77, 55.10), (51.23, 58.47)) == pytest.approx(310, rel=0.05)
    assert ranking.road_km((51.77, 55.10), (None, 58.47)) is None


def test_keeping_the_legal_day_outweighs_the_way():
    term = {"submitted_at": NOON, "due_at": NOON + timedelta(days=10), "at": NOON + timedelta(days=5)}

    far = ranking.cost(**term, starts_at=NOON + timedelta(days=9), distance_km=150)
    near_but_late = ranking.cost(**term, starts_at=NOON + timedelta(days=14), distance_km=5)

    assert far.total < near_but_late.total
    assert far.breach == 0 < near_but_late.breach


def test_a_nearer_slot_at_the_same_time_is_better():
    same = {
        "submitted_at": NOON,
        "due_at": NOON + timedelta(days=9),
        "at": NOON,
        "starts_at": NOON + timedelta(2),
    }

    assert ranking.cost(**same, distance_km=10).total < ranking.cost(**same, distance_km=100).total
