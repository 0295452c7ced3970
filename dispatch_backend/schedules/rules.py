"""A week of a schedule, and the times that a part of a day is divided into."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self

from dispatch_backend.capacity.rules import Offered, Schedule
from foundation.errors import BadInput, RuleBroken

ONE_DAY = timedelta(days=1)
# What a sentence can name; the others are counted.
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday on, in the region's time."""

    monday: date

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day - timedelta(days=day.weekday()))

    @property
    def days(self) -> Sequence[date]:
        return [self.monday + number * ONE_DAY for number in range(7)]

    @property
    def before(self) -> date:
        return self.monday - 7 * ONE_DAY

    @property
    def after(self) -> date:
        return self.monday + 7 * ONE_DAY


@dataclass(frozen=True, slots=True)
class PartOfDay:
    """From one moment to another."""

    begins: datetime
    ends: datetime


def times_within(part: PartOfDay, *, minutes: int) -> list[PartOfDay]:
    """The times of this length that fit one after the other; what remains at the end is left out.

    Raises:
        BadInput: not even one fits.
    """
    # Of the same zone, moments are told apart by what its clocks show, which may jump.
    begins, ends = part.begins.astimezone(UTC), part.ends.astimezone(UTC)
    length = timedelta(minutes=minutes)
    starts = [begins + number * length for number in range((ends - begins) // length)]
    if not starts:
        raise BadInput("The times are longer than what lies between the beginning and the end.")
    return [PartOfDay(each, each + length) for each in starts]


def require_offerable(
    times: Sequence[Offered], schedule: Schedule, *, at: datetime, shown: Callable[[datetime], str]
) -> None:
    """Refuse, naming what is in the way, unless all of these times can be offered beside what the resource offers already.

    Args:
        shown: a moment as people read it.
    """
    if any(each.starts_at <= at for each in times):
        raise RuleBroken("Some of these times have begun already. Nothing is saved.")
    meeting = dict.fromkeys(other for each in times if (other := schedule.meeting(each)))
    if meeting:
        named = [f"{shown(each.starts_at)}–{shown(each.ends_at)}" for each in list(meeting)[:MOST_NAMED]]
        raise RuleBroken(
            "Nothing is saved: at %(times)s this schedule has times already. Choose other hours, or what lies between them.",
            times=", ".join(named) + ("…" if len(meeting) > MOST_NAMED else ""),
        )
