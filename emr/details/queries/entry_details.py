"""What an entry in full readable words consists of."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emr.details.rules.parts import Section
from emr.documents.rules import DocumentLink
from emr.entries.enumerations import Kind
from emr.sensitivity.enumerations import LABEL_WORDS, Label
from foundation.language.bilingual import BilingualText
from foundation.language.latin_letters import PrintedName


@dataclass(frozen=True, slots=True)
class SignatureDetails:
    """`signer` is "" where the sending system vouches (meaning "source")."""

    meaning: str
    signer: PrintedName
    position: BilingualText | None
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class VersionDetails:
    """One version. `unbroken` tells whether its content still has the digest that was signed; `labels` why it opens to the team alone."""

    number: int
    sections: list[Section]
    documents: list[DocumentLink]
    recorded_at: datetime
    effective_at: datetime
    author_id: UUID | None
    author: PrintedName
    reason: str
    content_sha256: str
    unbroken: bool
    signature: SignatureDetails | None
    labels: tuple[Label, ...]

    @property
    def label_names(self) -> list[BilingualText]:
        return [LABEL_WORDS[each] for each in self.labels]

    @property
    def signer(self) -> str:
        return self.signature.signer if self.signature else ""


@dataclass(frozen=True, slots=True)
class EntryDetails:
    """An entry and its versions, newest first; `place` and `author` as the timeline tells them.

    `ended_by` is the entry that says later that this problem is over, "" where none does; `study_uid` the number of the
    images in the archive that it is of, "" where they are not there; `labels` tell why it is open to the treating team
    alone, if it is; `hidden` that the patient has hidden it, which the patient's own pages alone say.
    """

    entry_id: UUID
    patient_id: UUID
    kind: Kind
    kind_name: BilingualText
    headline: BilingualText
    value: BilingualText
    flag: str
    state: BilingualText
    entered_in_error: bool
    ended_by: str
    study_uid: str
    effective_at: datetime
    precision: str
    facility_id: UUID | None
    place: BilingualText
    author: PrintedName
    source_system: str
    labels: tuple[Label, ...]
    hidden: bool
    versions: list[VersionDetails]

    @property
    def label_names(self) -> list[BilingualText]:
        return [LABEL_WORDS[each] for each in self.labels]

    @property
    def current(self) -> VersionDetails:
        """The newest signed version; where none is signed, the newest."""
        return next((version for version in self.versions if version.signature), self.versions[0])

    @property
    def waiting(self) -> VersionDetails | None:
        """A newer version that its author, who is the reader, has not signed yet."""
        return None if self.versions[0].signature else self.versions[0]

    @property
    def amended(self) -> bool:
        """Whether an earlier version was signed; a draft saved twice has changed nothing that anybody read."""
        shown = self.current.number
        return any(version.signature and version.number < shown for version in self.versions)
