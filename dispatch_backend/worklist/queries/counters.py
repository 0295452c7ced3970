"""How many referrals wait for what: the line of numbers above the queue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from dispatch_backend.referrals.enumerations import BOOKABLE, OPEN, State
from dispatch_backend.referrals.tables.referrals import Referral
from dispatch_backend.services.enumerations import Priority
from foundation.database.transactions import ActorSession
from identity.access import queries as access


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


def counter_rows(session: ActorSession, at: Any) -> Select[Any]:
    """The numbers of that moment: to be asked in a reading, and read by `counters_from`."""

    def number(name: str, *conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(and_(*conditions)).label(name)

    waiting = Referral.state.in_(BOOKABLE)
    booked = Referral.state == State.BOOKED
    asked: Any = select(
        number("to_book", Referral.state == State.SUBMITTED),
        number("to_book_again", Referral.state == State.NO_SHOW),
        number("emergencies", waiting, Referral.priority == Priority.EMERGENCY),
        number("overdue", waiting, Referral.due_at <= at),
        number("booked", booked),
        # A booked referral is next acted upon at the end of its visit.
        number("outcome_missing", booked, Referral.next_action_due <= at),
        number("unowned", Referral.owner_id.is_(None)),
    )
    rows: Select[Any] = asked.where(Referral.state.in_(OPEN)).where(
        access.readable_by(session, Referral.patient_id)
    )
    return rows


def counters_from(rows: Iterable[Any]) -> Counters:
    (row,) = rows
    return Counters(*row)


def counters(session: ActorSession, *, at: datetime) -> Counters:
    """The numbers of this moment."""
    return counters_from(session.execute(counter_rows(session, at)))
