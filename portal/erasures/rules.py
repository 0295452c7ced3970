"""Until when the law has something kept, by when a request is answered, and what may still be answered."""

from datetime import date, timedelta

from foundation.errors import RuleBroken, Stale
from portal.erasures.enumerations import CLOSED, ErasureState

LAST_YEAR = date.max.year


def kept_until(last_on: date, years: int | None) -> date | None:
    """The last day on which it is kept, counted from the last that was added; None where it is erased when asked for.

    A term that ends on a day that its last month lacks ends with that month (Civil Code of Russia, article 192, part 3).
    """
    if years is None:
        return None
    year = min(last_on.year + years, LAST_YEAR)
    try:
        return last_on.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def due_on(asked_on: date, *, days: int) -> date:
    """The last day of a term of so many days, which begins with the day after."""
    return asked_on + timedelta(days=days)


def is_overdue(due: date, state: ErasureState, *, today: date) -> bool:
    """Whether the law's day has passed without an answer that closes the request."""
    return state not in CLOSED and today > due


def require_answerable(
    state: ErasureState, answer: ErasureState, *, erasable: bool, steps: int, seen_steps: int
) -> None:
    """Refuse what cannot be answered.

    Raises:
        Stale: somebody answered meanwhile.
        RuleBroken: the request is closed; its term was lengthened already; nothing of it could be erased.
    """
    if steps != seen_steps:
        raise Stale("Somebody has answered this request meanwhile. Read the answer, then decide anew.")
    if state in CLOSED:
        raise RuleBroken("This request is closed.")
    if answer is ErasureState.EXTENDED and state is ErasureState.EXTENDED:
        raise RuleBroken("The term was lengthened already; the law lets it be only once.")
    if answer is ErasureState.ERASED and not erasable:
        raise RuleBroken("Nothing of this may be erased now: say until when it is kept.")
