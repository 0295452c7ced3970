"""How often a letter with a link is sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from foundation.errors import RuleBroken

# Letters go to whatever address somebody types, which may be another's: few of them.
MOST_IN_AN_HOUR, MOST_IN_A_DAY = 3, 10


def require_room_for_link(made_at: Sequence[datetime], *, at: datetime) -> None:
    """Raises RuleBroken: too many links were sent for this person lately.

    Args:
        made_at: when those of the last day were made, whichever address they went to.
    """
    if _within(made_at, timedelta(days=1), at) >= MOST_IN_A_DAY:
        raise RuleBroken("Too many letters were asked for today. Try again tomorrow.")
    if _within(made_at, timedelta(hours=1), at) >= MOST_IN_AN_HOUR:
        raise RuleBroken(
            "Too many letters were asked for. Look into the folder for unwanted mail, or try again in an hour."
        )


def _within(made_at: Sequence[datetime], span: timedelta, at: datetime) -> int:
    return sum(at - each < span for each in made_at)
