"""Whether the legal term was kept, how long somebody waited, and what became of each booking: told from what is kept, nothing guessed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from dispatch_backend.bookings.enumerations import Outcome
from dispatch_backend.proofs.enumerations import Answer, Became
from dispatch_backend.referrals.enumerations import Act, State
from dispatch_backend.services.rules.terms import used_share


@dataclass(frozen=True, slots=True)
class Verdict:
    """`days_late` counts calendar days after the legal one; less than zero, by how many it was sooner, and 0 on the day itself.

    `on` is the day that is held against the legal one: of the visit, of the withdrawal, else the day of the proof.
    """

    answer: Answer
    on: date
    days_late: int


def verdict_of(
    state: State,
    *,
    due_on: date,
    visit_on: date | None,
    visit_over: bool,
    ended_on: date | None,
    today: date,
) -> Verdict:
    """How the referral stands to its legal day.

    Args:
        due_on: the last day on which the law is kept.
        visit_on: where a booking stands, its day.
        visit_over: whether the time of that booking has passed.
        ended_on: of a closed referral, the day on which that was recorded.
    """
    on = _day_that_counts(state, visit_on, ended_on) or today
    late = (on - due_on).days
    return Verdict(_answer(state, late=late > 0, booked=visit_on is not None, over=visit_over), on, late)


def _day_that_counts(state: State, visit_on: date | None, ended_on: date | None) -> date | None:
    if state is State.SERVED:
        return visit_on or ended_on
    if state is State.REVOKED:
        return ended_on
    return visit_on if state is State.BOOKED else None


def _answer(state: State, *, late: bool, booked: bool, over: bool) -> Answer:
    if state is State.SERVED:
        return Answer.SERVED_LATE if late else Answer.KEPT
    if state is State.REVOKED:
        return Answer.REVOKED_LATE if late else Answer.REVOKED_IN_TIME
    if state is State.BOOKED and booked:
        if late:
            return Answer.BOOKED_LATE
        return Answer.UNRECORDED if over else Answer.BOOKED_IN_TIME
    return Answer.OVERDUE if late else Answer.RUNNING


@dataclass(frozen=True, slots=True)
class Waited:
    """How long the patient has waited: calendar days from the day of sending, and how much of the legal term that is (1: all of it)."""

    days: int
    share: float


def waited_of(*, submitted_at: datetime, due_at: datetime, until: datetime, zone: tzinfo) -> Waited:
    """How long it was from the sending until the visit, the withdrawal or the moment of the proof.

    Args:
        due_at: the midnight that ends the legal day.
        zone: of the region, in which days are counted.
    """
    days = (until.astimezone(zone).date() - submitted_at.astimezone(zone).date()).days
    return Waited(days, used_share(submitted_at=submitted_at, due_at=due_at, at=until))


def became_of(
    *, outcome: Outcome | None, cancelled: bool, moved: bool, ends_at: datetime, at: datetime
) -> Became:
    """What became of a booking.

    Args:
        moved: whether it was given up for another in the same step.
    """
    if outcome is not None:
        return Became.SERVED if outcome is Outcome.SERVED else Became.MISSED
    if cancelled:
        return Became.MOVED if moved else Became.CANCELLED
    return Became.UNRECORDED if ends_at <= at else Became.AHEAD


def moved_bookings(acts: Sequence[str], *, bookings: int) -> list[bool]:
    """Of each booking, in their order, whether the next one took its place in one step.

    Events name no booking, but there is one for each that booked; where the numbers differ, nothing is said of moves.

    Args:
        acts: of the history, in its order.
    """
    booking = [act for act in acts if act in (Act.BOOKED, Act.REBOOKED)]
    if len(booking) != bookings:
        return [False] * bookings
    return [following == Act.REBOOKED for following in [*booking[1:], ""]][:bookings]
