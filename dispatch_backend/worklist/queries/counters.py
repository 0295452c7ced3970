"""How many referrals wait for what: the line of numbers above the queue, each of which opens what it counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, select

from dispatch_backend.services.enumerations import Priority
from dispatch_backend.worklist.queries.narrowing import QueueFilter, conditions
from dispatch_backend.worklist.rules import NextStep


@dataclass(frozen=True, slots=True)
class Counters:
    """Open referrals in the reader's care. `unowned` is held at zero by the database; it is shown to be seen."""

    to_book: int
    to_book_again: int
    emergencies: int
    overdue: int
    late_visits: int
    booked: int
    outcome_missing: int
    unowned: int


# A number counts what the queue shows when it is narrowed so.
COUNTED: Mapping[str, QueueFilter] = {
    "to_book": QueueFilter(step=NextStep.BOOK),
    "to_book_again": QueueFilter(step=NextStep.BOOK_AGAIN),
    "emergencies": QueueFilter(priority=Priority.EMERGENCY, booked=False),
    "overdue": QueueFilter(booked=False, overdue=True),
    "late_visits": QueueFilter(booked=True, overdue=True),
    "booked": QueueFilter(booked=True),
    "outcome_missing": QueueFilter(step=NextStep.RECORD_OUTCOME),
}


def counter_rows(referrals: Any, at: Any) -> Select[Any]:
    """The numbers of that moment: to be fetched in a combined query, and read by `counters_from`.

    Args:
        referrals: the columns of those that are open and the reader's affair.
    """
    numbers = [
        func.count().filter(and_(*conditions(referrals, wanted, at))).label(name)
        for name, wanted in COUNTED.items()
    ]
    rows: Any = select(*numbers, func.count().filter(referrals.owner_id.is_(None)).label("unowned"))
    asked: Select[Any] = rows
    return asked


def counters_from(rows: Iterable[Any]) -> Counters:
    (row,) = rows
    return Counters(**row._asdict())
