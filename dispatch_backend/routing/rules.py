"""Which free slot suits a referral best. Every part of the cost is named, so that the dispatcher sees why.

The weights follow the accumulating priority queue: time is measured in shares of the referral's own legal term.
"""

import math
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

EARTH_RADIUS_KM = 6371.0
# Roads are about a third longer than the straight line.
CIRCUITY = 1.3
KM_AN_HOUR = 60.0

WEIGHT_OF_BREACH = 10.0
WEIGHT_OF_WAITING = 1.0
WEIGHT_OF_TRAVEL_HOUR = 0.6

# Latitude and longitude in degrees.
Coordinates = tuple[float | None, float | None]


class Cost(NamedTuple):
    """What speaks against a slot; less is better."""

    breach: float
    waiting: float
    travel: float

    @property
    def total(self) -> float:
        return self.breach + self.waiting + self.travel


@lru_cache(maxsize=10_000)
def road_km(start: Coordinates, end: Coordinates) -> float | None:
    """The way between two places, or None where one is unknown."""
    if None in (*start, *end):
        return None
    south, west, north, east = (math.radians(float(each or 0)) for each in (*start, *end))
    chord = (
        math.sin((north - south) / 2) ** 2
        + math.cos(south) * math.cos(north) * math.sin((east - west) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(chord)) * CIRCUITY


def cost(
    *, submitted_at: datetime, due_at: datetime, starts_at: datetime, at: datetime, distance_km: float | None
) -> Cost:
    """What speaks against this slot for this referral."""
    term = due_at - submitted_at
    return Cost(
        breach=WEIGHT_OF_BREACH * max(0.0, (starts_at - due_at) / term),
        waiting=WEIGHT_OF_WAITING * max(0.0, (starts_at - at) / term),
        travel=WEIGHT_OF_TRAVEL_HOUR * (distance_km or 0.0) / KM_AN_HOUR,
    )
