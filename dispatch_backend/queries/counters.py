"""How many referrals wait for what: the line of numbers above the queue."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select

from dispatch_backend.rules.kinds import Priority
from dispatch_backend.rules.states import BOOKABLE, OPEN, State
from dispatch_backend.tables import Referral
from foundation.database import ActorSession
from identity.queries import access


@dataclass(frozen=True, slots=True)
class Counters:
    """Open referrals in the reader's care. `unowned` is held at zero by the database; it is shown to be seen."""

    to_book: int
    to_book_again: int
    emergencies: int
    overdue: int
    booked: int
    outcome_missing: int
    unowned: int


def counters(session: ActorSession, *, at: datetime) -> Counters:
    """The numbers of this moment."""

    def number(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(and_(*conditions))

    waiting = Referral.state.in_(BOOKABLE)
    booked = Referral.state == State.BOOKED
    row = session.execute(
        select(
            number(Referral.state == State.SUBMITTED),
            number(Referral.state == State.NO_SHOW),
            number(waiting, Referral.priority == Priority.EMERGENCY),
            number(waiting, Referral.due_at <= at),
            number(booked),
            # A booked referral is next acted upon at the end of its visit.
            number(booked, Referral.next_action_due <= at),
            number(Referral.owner_id.is_(None)),
        )
        .where(Referral.state.in_(OPEN))
        .where(access.readable_by(session, Referral.patient_id))
    ).one()
    return Counters(*row)
