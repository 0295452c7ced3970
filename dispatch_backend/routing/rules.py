"""Which free slot suits a referral best. Every part of the cost is named, so that the dispatcher sees why.

The cost follows the accumulating priority queue: time is measured in shares of the referral's own legal term. What each part
weighs is the ministry's to say (`dispatch_backend.routing.tables.RoutingWeights`).
"""

import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

EARTH_RADIUS_KM = 6371.0
# Roads are about a third longer than the straight line.
CIRCUITY = 1.3
KM_AN_HOUR = 60.0
MINUTES_AN_HOUR = 60

# Latitude and longitude in degrees.
Coordinates = tuple[float | None, float | None]


class Weights(NamedTuple):
    """What a whole legal term beyond the legal day, a whole term of waiting, an hour of the way, and a place weigh that no order names."""

    breach: float
    waiting: float
    travel_hour: float
    outside_order: float


class Way(NamedTuple):
    """How long the way takes. `entered`: as the region has told; otherwise it is reckoned from the distance."""

    minutes: int
    entered: bool


class Cost(NamedTuple):
    """What speaks against a slot; less is better."""

    breach: float
    waiting: float
    travel: float
    order: float

    @property
    def total(self) -> float:
        return self.breach + self.waiting + self.travel + self.order


@dataclass(frozen=True, slots=True)
class Waiting:
    """A referral that waits at `at`: sent then, and to be served before `due_at`."""

    submitted_at: datetime
    due_at: datetime
    at: datetime

    def cost(self, starts_at: datetime, way: Way | None, outside: float, weights: Weights) -> Cost:
        """What speaks against a slot that begins then, for the patient of this referral.

        Args:
            way: to the slot's facility; None, where nobody knows it, costs nothing.
            outside: how far the facility is from the first that the ministry's order names (`outside_order`).
        """
        term = self.due_at - self.submitted_at
        return Cost(
            weights.breach * max(0.0, (starts_at - self.due_at) / term),
            weights.waiting * max(0.0, (starts_at - self.at) / term),
            weights.travel_hour * way.minutes / MINUTES_AN_HOUR if way else 0.0,
            weights.outside_order * outside,
        )


def outside_order(position: int | None, targets: int) -> float:
    """From 0, for the first place that an order names, over those behind it, to 1 for a place that it does not name.

    Args:
        position: of the place in the order, from 1 on.
        targets: how many places the order names; 0 where there is none in force.
    """
    if not targets:
        return 0.0
    return 1.0 if position is None else (position - 1) / targets


def way_between(start: Coordinates, end: Coordinates, told_minutes: int | None) -> Way | None:
    """The way between two places; None where nothing is told of it and one of them is unknown."""
    if told_minutes is not None:
        return Way(told_minutes, entered=True)
    distance_km = road_km(start, end)
    if distance_km is None:
        return None
    return Way(round(distance_km / KM_AN_HOUR * MINUTES_AN_HOUR), entered=False)


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


class WhyNot(StrEnum):
    """Why a place that could be thought of is not offered."""

    NO_TIMES = "no_times"
    NOTHING_FREE = "nothing_free"
    SEX = "sex"
    AGE = "age"
    LICENCE = "licence"
    TOO_SOON = "too_soon"
    PATIENT_ELSEWHERE = "patient_elsewhere"


class FoundTimes(NamedTuple):
    """The earliest free times of a place that fulfil more and more of what is asked; None from where none does.

    Attributes:
        has_times: whether it has any for the service, free or taken.
        suits_sex, suits_age: whether some licence of the place does, on the day of its earliest free time.
        serves_at: of a licence that suits the patient on its day.
        later_at: beyond the notice that patients need.
        offered_at: when the patient is nowhere else.
    """

    has_times: bool
    suits_sex: bool
    suits_age: bool
    free_at: datetime | None
    serves_at: datetime | None
    later_at: datetime | None
    offered_at: datetime | None


def why_not(found: FoundTimes) -> WhyNot | None:
    """The first thing that stands against a place; None where it is offered."""
    if found.free_at is None:
        return WhyNot.NOTHING_FREE if found.has_times else WhyNot.NO_TIMES
    if found.serves_at is None:
        if not found.suits_sex:
            return WhyNot.SEX
        return WhyNot.LICENCE if found.suits_age else WhyNot.AGE
    if found.later_at is None:
        return WhyNot.TOO_SOON
    return WhyNot.PATIENT_ELSEWHERE if found.offered_at is None else None
