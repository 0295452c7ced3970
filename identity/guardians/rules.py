"""What a registrar has seen of a guardian's paper, and what can be entered by it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from uuid import UUID

from foundation.errors import RuleBroken
from identity.delegations.enumerations import AgeLimitKind
from identity.delegations.rules.ages import AgeLimits, turns
from identity.guardians.enumerations import GuardianBasis, GuardianDocument
from identity.people.enumerations import Birth

# Many papers name no end: after so long the paper is looked at again.
LONGEST = timedelta(days=5 * 365)
LONGEST_NUMBER, LONGEST_ISSUER = 60, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPaper:
    """What the paper says. `last_day`: the last day on which the guardian acts by it."""

    kind: GuardianDocument
    number: str
    issuer: str
    issued_on: date
    last_day: date
    basis: GuardianBasis


def require_paper(paper: SeenPaper, *, today: date) -> None:
    """Raises RuleBroken: it is of a day to come, is over, or would open the record for too long."""
    if paper.issued_on > today:
        raise RuleBroken("The document is dated later than today.")
    if paper.last_day < today:
        raise RuleBroken("The document is no longer valid.")
    if paper.last_day > today + LONGEST:
        raise RuleBroken(
            "A guardian is entered for five years at the longest; then the document is looked at again."
        )


def require_adults(*, ward: Birth, guardian: Birth, limits: AgeLimits, at: datetime, zone: tzinfo) -> None:
    """Raises RuleBroken: one of the two is a child, or may be."""
    of_age = limits[AgeLimitKind.OF_AGE]
    if at < turns(ward.last, of_age, zone=zone):
        raise RuleBroken("This person is a child, or may be. Here the guardians of adults are entered.")
    if at < turns(guardian.last, of_age, zone=zone):
        raise RuleBroken("A guardian must be of age.")


def require_two(patient_id: UUID, guardian_id: UUID) -> None:
    """Raises RuleBroken: nobody is their own guardian."""
    if patient_id == guardian_id:
        raise RuleBroken("Nobody is their own guardian: this is the SNILS of the person represented.")


def require_capable_guardian(*, is_ward: bool) -> None:
    """Raises RuleBroken: whoever has a guardian is nobody's (Civil Code, article 35, part 2)."""
    if is_ward:
        raise RuleBroken("A guardian acts for this person: they cannot be a guardian themself.")


def over_at(last_day: date, *, zone: tzinfo) -> datetime:
    """The first moment of the day after, in the region."""
    return datetime.combine(last_day + timedelta(days=1), time(0), tzinfo=zone)
