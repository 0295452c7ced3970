"""How the import says no: where in the bundle, and why, without repeating what patients are called."""

from typing import NamedTuple
from uuid import UUID

from emr.fhir_import.enumerations import ConflictKind


class Told(NamedTuple):
    """What is not taken in: its place and the reason.

    `unknown_subject`: it tells of somebody whom nobody knows yet, and may be taken when they are.
    """

    where: str
    why: str
    unknown_subject: bool = False


class BundleRefused(Exception):
    """A bundle is refused whole; `resources` is how many it would have brought, where that could be counted."""

    def __init__(self, where: str, why: str, *, resources: int = 0, unknown_subject: bool = False) -> None:
        self.where = where
        self.why = why
        self.resources = resources
        self.unknown_subject = unknown_subject
        super().__init__(f"{where}: {why}")

    @property
    def told(self) -> Told:
        """The same of one resource, beside which others are taken."""
        return Told(self.where, self.why, self.unknown_subject)


class PatientConflict(BundleRefused):
    """A sender tells of a patient otherwise than the register does: to be decided by a person.

    `told_of_person` is who they are by the sender's account: family, given, middle, birth and sex.
    """

    def __init__(
        self, where: str, why: str, *, patient_id: UUID, kind: ConflictKind, told_of_person: dict[str, str]
    ) -> None:
        super().__init__(where, f"{why}; it waits for a person to decide (list-conflicts)")
        self.patient_id = patient_id
        self.kind = kind
        self.told_of_person = told_of_person
