"""Who decides for somebody else, and until when: to see a record is one thing, to say what is done with it another."""

from datetime import datetime, tzinfo

from foundation.errors import RuleBroken
from identity.delegations.enumerations import AgeLimitKind, DelegationKind
from identity.delegations.rules.ages import AgeLimits, turns
from identity.people.enumerations import Birth


def decides_until(
    kind: DelegationKind, ends_at: datetime, birth: Birth, limits: AgeLimits, *, at: datetime, zone: tzinfo
) -> datetime:
    """Until when somebody decides for another by that right, and what they decided counts.

    A parent decides for a child until the birthday from which the child decides alone (Federal law 323-FZ, article 20, part 2),
    a guardian for as long as they are it. An own grant lets somebody see, and not decide (152-FZ, article 9).

    Raises:
        RuleBroken: such a right lets nobody decide, or not any more.
    """
    if kind is DelegationKind.GRANT:
        raise RuleBroken("Only the person themself can decide this: you may see their record, not decide.")
    if kind is DelegationKind.GUARDIAN:
        return ends_at
    # Of whom less than the day is known, the first day on which they can have come to that age.
    alone = turns(birth.first, limits[AgeLimitKind.OWN_ACCESS], zone=zone)
    if at >= alone:
        raise RuleBroken("Your child is old enough to decide this alone, and signs in for it.")
    return min(ends_at, alone)
