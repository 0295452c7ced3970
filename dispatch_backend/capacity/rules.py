"""Which times a doctor, a room or a device can offer beside each other."""

from bisect import bisect_left, insort
from dataclasses import dataclass
from datetime import datetime, timedelta

# Beds and nights are no slots.
LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Offered:
    """A time that a resource offers for a service; `resource_ru` is what it is called in Russian."""

    service_code: str
    resource_ru: str
    starts_at: datetime
    ends_at: datetime


class Schedule:
    """What one resource offers, none of it at the same time as another."""

    def __init__(self) -> None:
        self._by_start: list[Offered] = []

    def __contains__(self, told: Offered) -> bool:
        return told in self._near(told)

    def add(self, told: Offered) -> None:
        insort(self._by_start, told, key=lambda each: each.starts_at)

    def meeting(self, told: Offered) -> Offered | None:
        """What is offered at the same time, if anything is."""
        near = self._near(told)
        return next((each for each in near if _meet(each, told)), None)

    def _near(self, told: Offered) -> list[Offered]:
        """Those that begin before it ends, from the last one that begins before it does."""
        first = bisect_left(self._by_start, told.starts_at, key=lambda each: each.starts_at)
        end = bisect_left(self._by_start, told.ends_at, key=lambda each: each.starts_at)
        return self._by_start[max(first - 1, 0) : max(end, first + 1)]


def minutes_between(starts_at: datetime, ends_at: datetime) -> int:
    """How long a time is, in whole minutes."""
    return (ends_at - starts_at) // timedelta(minutes=1)


def resource_name(told: str) -> str:
    """The name of a doctor, room or device as it is kept: whatever blanks are in it, they say nothing."""
    return " ".join(told.split())


def wrong_with_slot(told: Offered, schedule: Schedule, *, at: datetime) -> str:
    """Why this time cannot be offered; "" where it can.

    Args:
        schedule: what its doctor, room or device offers already.
    """
    if told.ends_at <= told.starts_at:
        return "ends_at: it ends before it begins"
    if told.ends_at - told.starts_at > LONGEST:
        return "ends_at: a slot lasts a day at most"
    if told.starts_at <= at:
        return "starts_at: it has begun already, so nobody could come"
    if other := schedule.meeting(told):
        zone = told.starts_at.tzinfo
        begins, ends = other.starts_at.astimezone(zone), other.ends_at.astimezone(zone)
        return (
            f"starts_at: the resource is offered for {other.service_code} from {begins:%Y-%m-%d %H:%M} "
            f"to {ends:%Y-%m-%d %H:%M} already; offer another time, or leave the line out"
        )
    return ""


def _meet(one: Offered, other: Offered) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
