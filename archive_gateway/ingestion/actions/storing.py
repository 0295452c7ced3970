"""The second half of storing: the bytes go to their place, the index learns of them.

The place is by content, so bytes whose transaction fails afterwards do no harm: the next attempt finds them.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from archive_gateway.dicom.rules.frames import Span
from archive_gateway.ingestion.actions.instances import index_instance
from archive_gateway.ingestion.queries import content_is_quarantined
from archive_gateway.ingestion.received import NotDicomFile, ParsedInstance, Received, Refused
from archive_gateway.ingestion.tables import QuarantinedFile
from archive_gateway.inspection.description import Description
from archive_gateway.store.areas import Area
from archive_gateway.store.opening import Store
from archive_gateway.studies.actions.registering import (
    UNATTRIBUTED,
    Attribution,
    ReportedStudy,
    conflicts_with_owner,
    lock_study,
    register_study,
)
from archive_gateway.studies.queries.stored import content_is_stored, instance_stored_as, study_uid_of_series
from archive_gateway.studies.tables.instances import Instance
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id

OTHER_CONTENT = "Its SOPInstanceUID belongs to an object with other content that is stored already."
OTHER_STUDY = "Its series, or the object itself, is stored already under another study or series."
OTHER_PERSON = "Its study is stored already with the pictures of another person."


class StoringOutcome(StrEnum):
    """What became of a file: exactly one of these."""

    STORED = "stored"
    UNCHANGED = "unchanged"
    QUARANTINED = "quarantined"
    NOT_DICOM = "not_dicom"


@dataclass(frozen=True)
class StoringResult:
    outcome: StoringOutcome
    why: str = ""
    study_id: UUID | None = None
    series_id: UUID | None = None


def store_received(
    session: ActorSession, received: Received, *, store: Store, attribution: Attribution = UNATTRIBUTED
) -> StoringResult:
    """Index what was received and hand its bytes to the store. Raises OSError when the store cannot take them."""
    match received:
        case NotDicomFile():
            return StoringResult(StoringOutcome.NOT_DICOM, received.why)
        case Refused():
            return _quarantined(session, received, store, received.why)
        case ParsedInstance():
            return _store(session, received, store, attribution)


def _store(
    session: ActorSession, received: ParsedInstance, store: Store, attribution: Attribution
) -> StoringResult:
    if content_is_stored(session, received.original.sha256):
        return StoringResult(StoringOutcome.UNCHANGED)
    description = received.description
    lock_study(session, description.study_instance_uid)
    known = instance_stored_as(session, description.sop_instance_uid)
    if known and _is_the_same_data_set(store, known, received):
        return StoringResult(StoringOutcome.UNCHANGED)
    if why := _conflict(session, description, known=known, patient_id=attribution.patient_id):
        return _quarantined(session, received, store, why)
    received.put_into(store)
    study = register_study(session, reported_study(description), attribution)
    series_id = index_instance(session, received, study=study, replaced=known)
    return StoringResult(StoringOutcome.STORED, study_id=study.id, series_id=series_id)


def reported_study(description: Description) -> ReportedStudy:
    """What a file says about its study."""
    return ReportedStudy(
        study_instance_uid=description.study_instance_uid,
        study_date=description.study_date,
        study_time=description.study_time,
        description=description.study_description,
        patient_identifier=description.patient_identifier,
        patient_name=description.patient_name,
        birth_date=description.patient_birth_date,
        institution_name=description.institution_name,
    )


def _is_the_same_data_set(store: Store, known: Instance, received: ParsedInstance) -> bool:
    """Whether only the header before the data set differs, as it does when a stored picture is sent over the wire."""
    about, original = received.description, received.original
    if known.content_sha256 is None:
        return False
    length = original.size - about.data_set_offset
    if (length, about.transfer_syntax_uid) != (
        known.content_size - known.data_set_offset,
        known.content_transfer_syntax_uid,
    ):
        return False
    with original.path.open("rb") as file:
        file.seek(about.data_set_offset)
        held = store.stream(known.content_sha256, [Span(known.data_set_offset, length)])
        return all(block == file.read(len(block)) for block in held)


def _conflict(
    session: ActorSession, description: Description, *, known: Instance | None, patient_id: UUID | None
) -> str:
    """Why this object cannot be what it says, given what is stored; empty where it can.

    An object keeps its content, its series and its study, and a study its person: otherwise a picture could slip
    into somebody else's record.
    """
    if known and known.content_sha256:
        return OTHER_CONTENT
    home = study_uid_of_series(session, description.series_instance_uid)
    if home not in {None, description.study_instance_uid}:
        return OTHER_STUDY
    if known and known.series_instance_uid != description.series_instance_uid:
        return OTHER_STUDY
    return (
        OTHER_PERSON
        if conflicts_with_owner(session, reported_study(description), patient_id=patient_id)
        else ""
    )


def _quarantined(
    session: ActorSession, received: ParsedInstance | Refused, store: Store, why: str
) -> StoringResult:
    """Keep the bytes apart and say why; a file that is sent again is not kept twice."""
    original = received.original
    if original is not None:
        store.keep(original.path, original.sha256, Area.QUARANTINE)
        session.flush()
        if not content_is_quarantined(session, original.sha256):
            session.add(
                QuarantinedFile(
                    id=new_id(),
                    content_sha256=original.sha256,
                    size=original.size,
                    source=received.source[-1000:].replace("\0", ""),
                    why=why,
                )
            )
            session.flush()
    return StoringResult(StoringOutcome.QUARANTINED, why)
