"""By when an access that somebody does not recognise must be explained, and what may still be answered."""

from datetime import date, timedelta

from foundation.errors import RuleBroken, Stale
from portal.objections.enumerations import CLOSED, ObjectionState


def due_on(raised_on: date, *, days: int) -> date:
    """The last day of a term of so many days, which begins with the day after."""
    return raised_on + timedelta(days=days)


def is_overdue(due: date, state: ObjectionState, *, today: date) -> bool:
    """Whether the law's day has passed without any answer."""
    return state is ObjectionState.RECEIVED and today > due


def can_be_objected_to(*, actor_kind: str, role: str) -> bool:
    """Whether a person did it, and not the reader or a program."""
    return actor_kind == "staff" or (actor_kind == "system" and role == "operator")


def require_answerable(state: ObjectionState, *, steps: int, seen_steps: int) -> None:
    """Raises Stale: somebody answered meanwhile; RuleBroken: the case is closed."""
    if steps != seen_steps:
        raise Stale("Somebody has answered this case meanwhile. Read the answer, then decide anew.")
    if state in CLOSED:
        raise RuleBroken("This case is closed.")
