"""A week of a schedule, the times that a part of a day is divided into, and what may be closed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Self
from uuid import UUID

from dispatch_backend.capacity.rules import Offered, Schedule
from foundation.errors import BadInput, RuleBroken, Stale

ONE_DAY = timedelta(days=1)
# Beyond it nobody plans.
LONGEST_CLOSED = timedelta(days=366)
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


class Move(NamedTuple):
    """Which booking goes to which slot; `version` is of its referral, as the dispatcher has seen it."""

    booking_id: UUID
    version: int
    slot_id: UUID


class SlotState(StrEnum):
    """What its keeper reads of a time. `TO_MOVE` is booked, and closed meanwhile."""

    FREE = "free"
    TAKEN = "taken"
    CLOSED = "closed"
    TO_MOVE = "to_move"


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


def state_of(*, taken: bool, booked: bool, closed: bool, begun: bool) -> SlotState:
    """What overlaps another time that is booked is taken too; a visit that has begun is moved by nobody any more."""
    if closed and not (booked and begun):
        return SlotState.TO_MOVE if booked else SlotState.CLOSED
    return SlotState.TAKEN if taken else SlotState.FREE


def to_be_closed(asked: PartOfDay, *, at: datetime) -> PartOfDay:
    """What of it can be closed: what has passed already stays as it was.

    Raises:
        RuleBroken: all of it has passed, or it is longer than a year.
    """
    if asked.ends <= at:
        raise RuleBroken("This time is over. Only what is still to come can be closed.")
    if asked.ends - asked.begins > LONGEST_CLOSED:
        raise RuleBroken("A time is closed for a year at most.")
    return PartOfDay(max(asked.begins, at), asked.ends)


def require_as_seen(*, booked: int, seen: int | None) -> None:
    """Refuse unless as many are booked as whoever closes the time was told.

    Raises:
        Stale: meanwhile somebody was booked there, or is no longer.
    """
    if booked != seen:
        raise Stale("Meanwhile other bookings were made or cancelled there. Look at the number once more.")
