"""What follows from a person's age, by the region's clock: nothing has to be done on a birthday for it to count.

Of whom less than the day of birth is known, every answer is the careful one: a parent's right ends on the first day on which
the child can have come of age, and the child's own begins on the last.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, tzinfo

from identity.delegations.enumerations import AgeLimitKind
from identity.people.enumerations import Birth

# By what age each line is drawn, in years.
AgeLimits = Mapping[AgeLimitKind, int]

LAST_YEAR = date.max.year


def birthday(born: date, years: int) -> date:
    """The day on which somebody becomes so many years old.

    Who was born on 29 February does so on 1 March where the year has no such day: a term that ends on a day that its last
    month lacks ends with that month (Civil Code of Russia, article 192, part 3).
    """
    year = min(born.year + years, LAST_YEAR)
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def turns(born: date, years: int, *, zone: tzinfo) -> datetime:
    """The moment from which somebody is so many years old: the first of that birthday in the region."""
    return datetime.combine(birthday(born, years), time(0), tzinfo=zone)


def represented_until(birth: Birth, years: int, *, zone: tzinfo) -> datetime:
    """When a parent's right over somebody ends who comes of age with so many years."""
    return turns(birth.first, years, zone=zone)


def is_represented_by_parents(birth: Birth, years: int, *, at: datetime, zone: tzinfo) -> bool:
    """Whether somebody is a child for certain: they come of age with so many years."""
    return at < represented_until(birth, years, zone=zone)


def may_sign_in(birth: Birth, limits: AgeLimits, *, at: datetime, zone: tzinfo) -> bool:
    """Whether somebody is old enough for certain to open their record alone."""
    return at >= turns(birth.last, limits[AgeLimitKind.OWN_ACCESS], zone=zone)


def hidden_from_parent(
    birth: Birth, ages: Mapping[str, int], *, at: datetime, zone: tzinfo
) -> tuple[str, ...]:
    """The labels of entries that a parent of somebody of that birth does not read now.

    Args:
        ages: from how many years on each label is the child's own matter.
    """
    return tuple(sorted(label for label, years in ages.items() if at >= turns(birth.first, years, zone=zone)))
