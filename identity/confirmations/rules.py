"""What a one-time code looks like, how long it is good, and what stands against linking an account."""

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from foundation.errors import RuleBroken
from identity.confirmations.enumerations import DocumentKind, LinkConflict
from identity.people.enumerations import Death

# What a link is called once its person has signed in by it.
CONFIRMED_IN_PERSON = "document seen in person"
CODE_GOOD_FOR = timedelta(minutes=15)
# Wrong tries from one account within that time, whichever codes they were for.
MOST_TRIES_OF_ACCOUNT = 5
SLIP_DIGITS, SECRET_DIGITS = 4, 6
CODE_DIGITS = SLIP_DIGITS + SECRET_DIGITS


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """`slip` says which code is tried, so that wrong tries count against it; both together are what is kept as a digest."""

    slip: str
    secret: str

    @classmethod
    def new(cls) -> "OneTimeCode":
        digits = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        return cls(digits[:SLIP_DIGITS], digits[SLIP_DIGITS:])

    @classmethod
    def typed(cls, text: str) -> "OneTimeCode | None":
        """As somebody types it, with or without its gaps; None where it is no code."""
        digits = re.sub(r"[\s-]", "", text)
        if not re.fullmatch(rf"[0-9]{{{CODE_DIGITS}}}", digits):
            return None
        return cls(digits[:SLIP_DIGITS], digits[SLIP_DIGITS:])

    @property
    def printed(self) -> str:
        """As it is read aloud: 1234 567 890."""
        return f"{self.slip} {self.secret[:3]} {self.secret[3:]}"

    @property
    def sealed_as(self) -> str:
        """Of what the digest is kept."""
        return f"one-time code|{self.slip}{self.secret}"


@dataclass(frozen=True, slots=True)
class SeenDocument:
    """What a person has shown; the number is never kept, only its digest."""

    kind: DocumentKind
    number: str

    def evidence(self, row_id: UUID) -> str:
        """Of what the digest is kept: the number however it is written, and the row that it is shown for."""
        plain = "".join(each for each in self.number if each.isalnum()).casefold()
        return f"document|{row_id}|{plain}"


def require_linkable(conflict: str, death: Death | None = None) -> None:
    """Raises RuleBroken: the account or the patient is somebody's already, or the patient has died."""
    if death is not None:
        raise RuleBroken("The register says that this person has died. Nobody signs in for them.")
    if conflict == LinkConflict.PATIENT_HAS_ACCOUNT:
        raise RuleBroken(
            "This record is opened by an account of the same provider already. Its person signs in with that one."
        )
    if conflict == LinkConflict.ACCOUNT_HAS_PATIENT:
        raise RuleBroken(
            "This account opens another record already. End that link first, if it was made by mistake."
        )
