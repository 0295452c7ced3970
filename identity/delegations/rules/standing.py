"""How a right to act for somebody stands at a moment: it lives, will, or is over, and by what."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from identity.delegations.rules.ages import represented_until, turns
from identity.people.enumerations import Birth

# For so long whoever acted for somebody is told that it is over.
TOLD_FOR = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Term:
    """What was entered of how long a right lasts.

    Attributes:
        ended_at: when somebody took it back.
        until_age: of a parent's right, the child's age at which it ends.
        own_access_age: from when on a child opens the record alone, where the law of today names it.
    """

    began_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    until_age: int | None
    own_access_age: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a right stands.

    Attributes:
        lives: it opens the record now.
        over_since: when it ended, if that was lately.
        came_of_age: it ended because the child did.
        signs_in_alone_since: of a child who has come to the age at which one opens one's record alone.
        ends_at: when it ends by itself.
    """

    lives: bool
    ends_at: datetime
    over_since: datetime | None = None
    came_of_age: bool = False
    signs_in_alone_since: datetime | None = None

    @property
    def last_moment(self) -> datetime:
        """The last at which it opens the record: what ends at midnight ends with the day before."""
        return self.ends_at - timedelta.resolution

    @property
    def told(self) -> bool:
        """Whether there is anything to tell of it."""
        return self.lives or self.over_since is not None


def standing_of(term: Term, birth: Birth, *, at: datetime, zone: tzinfo) -> Standing:
    """How a right stands.

    Args:
        birth: of a parent's right, the child's.
    """
    last = term.ends_at
    if term.until_age is not None:
        last = min(last, represented_until(birth, term.until_age, zone=zone))
    over = min(last, term.ended_at) if term.ended_at is not None else last
    if at >= over:
        lately = over > at - TOLD_FOR
        return Standing(False, last, over if lately else None, term.until_age is not None and over == last)
    alone = None
    if term.until_age is not None and term.own_access_age is not None:
        alone = turns(birth.last, term.own_access_age, zone=zone)
    return Standing(
        term.began_at <= at, last, signs_in_alone_since=alone if alone is not None and alone <= at else None
    )
