"""Whether the legal term was kept, how long somebody waited, and what became of each booking: told from what is kept, nothing guessed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from dispatch_backend.bookings.enumerations import Outcome
from dispatch_backend.proofs.enumerations import Answer, Became
from dispatch_backend.referrals.enumerations import Act, State
from dispatch_backend.services.rules.terms import LegalEnd, days_waited, used_share


@dataclass(frozen=True, slots=True)
class Verdict:
    """`on` is the moment that is held against the end of the term: of the visit, of the withdrawal, else of the proof.

    `late` is whether it lies beyond; `days_late` how many calendar days of the region that is, 0 where it is the same day.
    """

    answer: Answer
    on: datetime
    late: bool
    days_late: int


def verdict_of(
    state: State,
    *,
    due: LegalEnd,
    visit: tuple[datetime, datetime] | None,
    ended_at: datetime | None,
    at: datetime,
    zone: tzinfo,
) -> Verdict:
    """How the referral stands to its legal term.

    Args:
        visit: where a booking stands, when it begins and ends.
        ended_at: of a closed referral, when that was recorded.
        zone: of the region, in which days are counted.
    """
    on = _moment_that_counts(state, visit[0] if visit else None, ended_at) or at
    late = on >= due.due_at
    days_late = (on.astimezone(zone).date() - due.due_on).days if late else 0
    over = visit is not None and visit[1] <= at
    return Verdict(_answer(state, late=late, booked=visit is not None, over=over), on, late, days_late)


def _moment_that_counts(
    state: State, visit_at: datetime | None, ended_at: datetime | None
) -> datetime | None:
    if state is State.SERVED:
        return visit_at or ended_at
    if state is State.REVOKED:
        return ended_at
    return visit_at if state is State.BOOKED else None


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
        due_at: when the term is over.
        zone: of the region, in which days are counted.
    """
    return Waited(
        days_waited(submitted_at, until, zone), used_share(submitted_at=submitted_at, due_at=due_at, at=until)
    )


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
