"""Who acts: the one value that a transaction, an audit row and every look-up through a person need."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    ANONYMOUS = "anonymous"
    CITIZEN = "citizen"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or process at work. `role` is a word of identity's roles, or the name of a process."""

    kind: ActorKind
    account_id: UUID | None = None
    patient_id: UUID | None = None
    staff_id: UUID | None = None
    facility_id: UUID | None = None
    role: str = ""
    session_id: UUID | None = None

    @classmethod
    def anonymous(cls) -> "Actor":
        return cls(kind=ActorKind.ANONYMOUS)

    @classmethod
    def system(cls, process: str) -> "Actor":
        """A process of our own, such as "worker" or "loader"; its rights are those of its database role."""
        return cls(kind=ActorKind.SYSTEM, role=process)
