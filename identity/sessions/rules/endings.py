"""How long signing in lasts, and what ends it."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

# People read the warning, and reach for the keyboard (WCAG 2.2, 2.2.1 asks for 20 seconds).
WARNED_BEFORE = timedelta(minutes=2)
# Not with every request.
NOTED_EVERY = timedelta(seconds=60)
# The one reason of an end that nobody asked for: another session of the same browser took this one's place.
REPLACED = "replaced"
ELSEWHERE = "signed out from another device"


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lives.

    Attributes:
        citizen_idle, staff_idle: without use.
        longest: however much it is used.
    """

    citizen_idle: timedelta = timedelta(minutes=20)
    staff_idle: timedelta = timedelta(minutes=15)
    longest: timedelta = timedelta(hours=8)

    def idle(self, *, staff: bool) -> timedelta:
        return self.staff_idle if staff else self.citizen_idle


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """Until a session ends.

    Attributes:
        idle_s: seconds begun, if nobody uses it; whoever does has as long again.
        longest_s: seconds begun until it is over for good: nobody is told of an end that has not come.
        warned_s: so many seconds before either its owner is told.
    """

    idle_s: int
    longest_s: int
    warned_s: int


def time_left(*, last_seen_at: datetime, expires_at: datetime, idle: timedelta, at: datetime) -> TimeLeft:
    """What is left at that moment of a session that is ended after being idle for so long."""
    left = (last_seen_at + idle - at, expires_at - at)
    idle_s, longest_s = (max(0, math.ceil(each.total_seconds())) for each in left)
    return TimeLeft(idle_s, longest_s, int(warned_before(idle).total_seconds()))


def warned_before(idle: timedelta) -> timedelta:
    """How long before a session ends its owner is told, where it is ended after being idle for so long."""
    return min(WARNED_BEFORE, idle / 2)


def noted_every(idle: timedelta) -> timedelta:
    """How often it is written down that a session is used: seldom, and still within the time that it lives unused."""
    return min(NOTED_EVERY, idle / 4)
