"""What stands against joining two records, in words; and in what two people of the register differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from foundation.errors import RuleBroken, Stale
from identity.merges.enumerations import MergeObstacle
from identity.people.enumerations import AdministrativeGender, Birth

OBSTACLES: Mapping[MergeObstacle, str] = {
    MergeObstacle.SAME: "This is the same record. Choose another one.",
    MergeObstacle.OWN: "This is your own record: another registrar must do it.",
    MergeObstacle.HOLDS_ANOTHER: (
        "Another record was joined into this one. Let it be the record that stays, or undo that first."
    ),
    MergeObstacle.DEATH: (
        "A death is recorded of one of the two, or of each on another day. Records are joined of people who both live, or "
        "whose death is recorded on the same day."
    ),
    MergeObstacle.SNILS: "Each of the two has a SNILS of its own: these are two people. Nothing is joined.",
    MergeObstacle.TWIN_REFERRAL: (
        "Both records have an open referral for the same service. Let one of them be withdrawn first."
    ),
    MergeObstacle.TWIN_BOOKING: "Both records have a visit at the same time. Let one of them be cancelled first.",
    MergeObstacle.DOCUMENT: (
        "Date of birth or sex differ. Say which document you have seen, with its series and number."
    ),
    MergeObstacle.ACCOUNTS: "An account of its own opens each of the two records. Say which opens the joined one.",
}


class Person(Protocol):
    """Somebody as the register knows them."""

    @property
    def full_name(self) -> str: ...
    @property
    def birth(self) -> Birth: ...
    @property
    def sex(self) -> AdministrativeGender: ...


@dataclass(frozen=True, slots=True)
class PersonDifferences:
    """In what the register says otherwise of the two."""

    name: bool
    birth: bool
    sex: bool

    @property
    def document_needed(self) -> bool:
        return self.birth or self.sex


def differences(one: Person, other: Person) -> PersonDifferences:
    return PersonDifferences(
        name=one.full_name != other.full_name, birth=one.birth != other.birth, sex=one.sex != other.sex
    )


def require_joined(outcome: str) -> None:
    """Refuse where the database has not joined the two.

    Raises:
        Stale: somebody has joined one of them meanwhile.
        RuleBroken: something stands against it.
    """
    obstacle = MergeObstacle(outcome)
    if obstacle is MergeObstacle.JOINED_ALREADY:
        raise Stale("Somebody has joined one of these records meanwhile.")
    if obstacle:
        raise RuleBroken(OBSTACLES[obstacle])


@dataclass(frozen=True, slots=True)
class MovedCounts:
    """How much of a record moves, in what people know: entries, referrals, studies of images, rights to act."""

    entries: int
    referrals: int
    studies: int
    rights: int


def told_counts(by_table: Mapping[str, int]) -> MovedCounts:
    return MovedCounts(
        entries=by_table.get("emr.entry", 0),
        referrals=by_table.get("dispatch.referral", 0),
        studies=by_table.get("archive.study", 0),
        rights=by_table.get("identity.delegation", 0),
    )
