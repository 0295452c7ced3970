"""Who acts: the one value that a transaction, an audit row and every look-up through a person need."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    ANONYMOUS = "anonymous"
    CITIZEN = "citizen"
    DELEGATE = "delegate"  # a citizen who acts for another
    STAFF = "staff"
    SHARE = "share"  # somebody outside, by a link that a citizen gave
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class SharedPart:
    """What of a record a link opens: entries, or one study.

    Attributes:
        kinds: of entries; none where a study is shared.
        since, until: between which moments it happened, the last not included; None where nothing bounds it.
        study_uid: of the one study; "" where entries are shared.
    """

    kinds: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    study_uid: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or process at work.

    Attributes:
        patient_id: whose record is opened: a citizen's own, or that of whom a delegate acts for.
        role: a word of identity's roles, or the name of a process.
        own_patient_id: whom a delegate is themself.
        delegation_id: the right by which a delegate acts.
        scopes: the parts of a record that the right opens; None for all of it, and for whoever acts for nobody else.
        hidden_labels: of entries that are closed to a parent of so old a child.
        opened_by_law: the parts of every record that the region's law opens to a member of staff, to be read.
        shared: what somebody outside may see; their session_id is that of the opening.
    """

    kind: ActorKind
    account_id: UUID | None = None
    patient_id: UUID | None = None
    staff_id: UUID | None = None
    facility_id: UUID | None = None
    role: str = ""
    session_id: UUID | None = None
    own_patient_id: UUID | None = None
    delegation_id: UUID | None = None
    scopes: tuple[str, ...] | None = None
    hidden_labels: tuple[str, ...] = ()
    opened_by_law: tuple[str, ...] = ()
    shared: SharedPart | None = None

    def may_see(self, scope: str) -> bool:
        """Whether nothing keeps this part of the opened record from who acts."""
        return self.scopes is None or scope in self.scopes

    @classmethod
    def anonymous(cls) -> "Actor":
        return cls(kind=ActorKind.ANONYMOUS)

    @classmethod
    def system(cls, process: str) -> "Actor":
        """A process of our own, such as "worker" or "loader"; its rights are those of its database role."""
        return cls(kind=ActorKind.SYSTEM, role=process)
