"""Which day a death can have been on, and what of its document is kept."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from foundation.errors import RuleBroken
from identity.deaths.enumerations import DeathDocumentKind
from identity.people.enumerations import Birth


@dataclass(frozen=True, slots=True)
class DeathDocument:
    """What the registrar has seen; the number is never kept, only its digest."""

    kind: DeathDocumentKind
    number: str

    def evidence(self, death_id: UUID) -> str:
        """Of what the digest is kept: the number however it is written, and the row that it is shown for."""
        plain = "".join(each for each in self.number if each.isalnum()).casefold()
        return f"death document|{death_id}|{plain}"


def require_possible(died_on: date, birth: Birth, *, today: date) -> None:
    """Raises RuleBroken: the day has not come yet, or is before every day on which the person can have been born."""
    if died_on > today:
        raise RuleBroken("This day has not come yet.")
    if died_on < birth.first:
        raise RuleBroken("The person was born later than this day.")
