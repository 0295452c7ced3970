"""For how long a right may be given, for how long its offer waits, and how an offer stands."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from foundation.errors import RuleBroken
from identity.access.enumerations import Scope
from identity.delegations.enumerations import AgeLimitKind
from identity.delegations.rules.ages import AgeLimits, turns
from identity.grants.enumerations import Answer, OfferState
from identity.people.enumerations import Birth

# As long as a power of attorney that names no term (Civil Code, article 186, part 1); then it is given anew.
LONGEST = timedelta(days=365)
WAITS_FOR = timedelta(days=30)
# Whoever tries out numbers learns nothing of them, and soon cannot go on.
MOST_A_DAY = 10
DAY_S = 24 * 60 * 60
LONGEST_WORDS = 300
# For so long whoever offered a right is told what became of it.
TOLD_FOR = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOffer:
    """To whom it is offered, by SNILS in its normal form and day of birth, which parts, until the end of which day."""

    snils: str
    birth_date: date
    scopes: tuple[Scope, ...]
    last_day: date
    words: str = ""


def require_term(last_day: date, *, today: date) -> None:
    """Raises RuleBroken: the last day is over, or further away than a right may be given for."""
    if last_day < today:
        raise RuleBroken("The last day is over already.")
    if last_day > today + LONGEST:
        raise RuleBroken(
            "A right to act for you is given for a year at the longest. Choose an earlier last day."
        )


def over_at(last_day: date, *, zone: tzinfo) -> datetime:
    """When a right with this last day ends: the first moment of the day after it, in the region."""
    return datetime.combine(last_day + timedelta(days=1), time(0), tzinfo=zone)


def waits_until(ends_at: datetime, *, at: datetime) -> datetime:
    """Until when an offer made now can be accepted: never longer than the right itself."""
    return min(ends_at, at + WAITS_FOR)


def require_of_age(birth: Birth, limits: AgeLimits, *, at: datetime, zone: tzinfo) -> None:
    """Raises RuleBroken: a child acts for nobody (Civil Code, articles 21 and 182)."""
    if at < turns(birth.last, limits[AgeLimitKind.OF_AGE], zone=zone):
        raise RuleBroken("You can act for somebody else from your eighteenth birthday on.")


def require_capable(*, is_incapable: bool) -> None:
    """Raises RuleBroken: whom a court found incapable gives no power of attorney (Civil Code, articles 29 and 188, part 1)."""
    if is_incapable:
        raise RuleBroken(
            "A guardian acts for you, by a court’s decision. You cannot let somebody else act for you."
        )


def state_of(answer: Answer | None, *, expires_at: datetime, at: datetime) -> OfferState:
    """How an offer stands."""
    if answer is not None:
        return OfferState(answer.value)
    return OfferState.WAITING if at < expires_at else OfferState.EXPIRED


def is_told(state: OfferState, since: datetime, *, at: datetime) -> bool:
    """Whether an offer is still shown to whoever made it; an accepted one is shown as the right that it became.

    Args:
        since: when it came to stand so.
    """
    return state is OfferState.WAITING or (state is not OfferState.ACCEPTED and at < since + TOLD_FOR)
