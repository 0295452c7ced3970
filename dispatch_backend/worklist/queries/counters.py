"""How many referrals wait for what: the line of numbers above the queue."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from dispatch_backend.referrals.enumerations import BOOKABLE, State
from dispatch_backend.services.enumerations import Priority


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


def counter_rows(referrals: Any, at: Any) -> Select[Any]:
    """The numbers of that moment: to be fetched in a combined query, and read by `counters_from`.

    Args:
        referrals: the columns of those that are open and the reader's affair.
    """

    def number(name: str, *conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(and_(*conditions)).label(name)

    waiting = referrals.state.in_(BOOKABLE)
    booked = referrals.state == State.BOOKED
    rows: Any = select(
        number("to_book", referrals.state == State.SUBMITTED),
        number("to_book_again", referrals.state == State.NO_SHOW),
        number("emergencies", waiting, referrals.priority == Priority.EMERGENCY),
        number("overdue", waiting, referrals.due_at <= at),
        number("booked", booked),
        # A booked referral is next acted upon at the end of its visit.
        number("outcome_missing", booked, referrals.next_action_due <= at),
        number("unowned", referrals.owner_id.is_(None)),
    )
    asked: Select[Any] = rows
    return asked


def counters_from(rows: Iterable[Any]) -> Counters:
    (row,) = rows
    return Counters(*row)
