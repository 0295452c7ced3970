"""The second half of storing: the bytes go to their place, the index learns of them.

The place is by content, so bytes whose transaction fails afterwards do no harm: the next attempt finds them.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from archive_gateway.dicom.rules.frames import Span
from archive_gateway.ingestion.actions.instances import index_instance, reported_study, supersede
from archive_gateway.ingestion.comparing import Comparison, ComparisonNeeded, stored_object
from archive_gateway.ingestion.queries import content_is_quarantined, quarantine_use
from archive_gateway.ingestion.quota import Quota
from archive_gateway.ingestion.received import NotDicomFile, ParsedInstance, Received, RefusalKind, Refused
from archive_gateway.ingestion.rules import Likeness
from archive_gateway.ingestion.tables import QuarantinedFile
from archive_gateway.store.areas import Area
from archive_gateway.store.opening import Store
from archive_gateway.store.receiving import Incoming
from archive_gateway.studies.actions.registering import (
    UNATTRIBUTED,
    Attribution,
    conflicts_with_owner,
    lock_study,
    register_study,
)
from archive_gateway.studies.queries.stored import content_is_stored, instance_stored_as, study_uid_of_series
from archive_gateway.studies.tables.instances import Instance
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id

OTHER_CONTENT = "Its SOPInstanceUID belongs to an object with other content that is stored already."
DAMAGED_COPY = "It is a damaged copy of an object that is stored already."
OTHER_STUDY = "Its series, or the object itself, is stored already under another study or series."
OTHER_PERSON = "Its study is stored already with the pictures of another person."
NOT_KEPT = "The quarantine is full, so the file was not kept (QUARANTINE_MEGABYTES)."
_REFUSED_FOR = {Likeness.OTHER: OTHER_CONTENT, Likeness.DAMAGED_COPY: DAMAGED_COPY}


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
    # Of a refusal alone.
    kind: RefusalKind | None = None
    sop_instance_uid: str = ""


def store_received(
    session: ActorSession,
    received: Received,
    *,
    store: Store,
    attribution: Attribution = UNATTRIBUTED,
    comparison: Comparison | None = None,
    quota: Quota = Quota(),  # noqa: B008 (frozen)
) -> StoringResult:
    """Index what was received and hand its bytes to the store.

    Args:
        comparison: of this object with the one that is stored under its number.
        quota: of the quarantine; what is refused beyond it is not kept, and the reason says so.

    Raises:
        ComparisonNeeded: there is such a one, and it has not been compared yet. Nothing was written.
        OSError: the store cannot take the bytes.
    """
    match received:
        case NotDicomFile():
            return StoringResult(StoringOutcome.NOT_DICOM, received.why)
        case Refused():
            return _quarantined(session, received, store, quota)
        case ParsedInstance():
            stored = _store(session, received, store, attribution, comparison)
            return _quarantined(session, stored, store, quota) if isinstance(stored, Refused) else stored


def _store(
    session: ActorSession,
    received: ParsedInstance,
    store: Store,
    attribution: Attribution,
    comparison: Comparison | None,
) -> StoringResult | Refused:
    description = received.description
    lock_study(session, description.study_instance_uid)
    known = instance_stored_as(session, description.sop_instance_uid)
    if content_is_stored(session, received.original.sha256) or _is_the_same_data_set(store, known, received):
        return _unchanged(session, received, attribution)
    if refused := _conflict(session, received, known=known, patient_id=attribution.patient_id):
        return refused
    likeness = _likeness(known, comparison) if known and known.content_sha256 else None
    if likeness is Likeness.SAME:
        return _unchanged(session, received, attribution)
    if likeness in _REFUSED_FOR:
        return received.refused(_REFUSED_FOR[likeness], RefusalKind.OTHER_CONTENT)
    received.put_into(store)
    study = register_study(session, reported_study(description), attribution)
    if known and likeness:
        supersede(session, known, study=study, by=received, why=likeness)
    series_id = index_instance(session, received, study=study, replaced=known)
    return StoringResult(StoringOutcome.STORED, study_id=study.id, series_id=series_id)


def _unchanged(
    session: ActorSession, received: ParsedInstance, attribution: Attribution
) -> StoringResult | Refused:
    """What is stored already may still be nobody's, when an operator says whose it is."""
    if attribution.patient_id:
        reported = reported_study(received.description)
        if conflicts_with_owner(session, reported, patient_id=attribution.patient_id):
            return received.refused(OTHER_PERSON, RefusalKind.OTHER_PERSON)
        register_study(session, reported, attribution)
    return StoringResult(StoringOutcome.UNCHANGED)


def _likeness(known: Instance, comparison: Comparison | None) -> Likeness:
    """What came of comparing with the object that is stored now. Raises ComparisonNeeded."""
    if comparison is None or comparison.with_sha256 != known.content_sha256:
        raise ComparisonNeeded(stored_object(known))
    return comparison.likeness


def _is_the_same_data_set(store: Store, known: Instance | None, received: ParsedInstance) -> bool:
    """Whether only the header before the data set differs, as it does when a stored picture is sent over the wire."""
    about, original = received.description, received.original
    if known is None or known.content_sha256 is None:
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
    session: ActorSession, received: ParsedInstance, *, known: Instance | None, patient_id: UUID | None
) -> Refused | None:
    """The object as one that cannot be what it says, given what is stored.

    An object keeps its series and its study, and a study its person: otherwise a picture could slip into somebody
    else's record.
    """
    description = received.description
    home = study_uid_of_series(session, description.series_instance_uid)
    if home not in {None, description.study_instance_uid}:
        return received.refused(OTHER_STUDY, RefusalKind.OTHER_STUDY)
    if known and (known.study_instance_uid, known.series_instance_uid) != (
        description.study_instance_uid,
        description.series_instance_uid,
    ):
        return received.refused(OTHER_STUDY, RefusalKind.OTHER_STUDY)
    if conflicts_with_owner(session, reported_study(description), patient_id=patient_id):
        return received.refused(OTHER_PERSON, RefusalKind.OTHER_PERSON)
    return None


def _quarantined(session: ActorSession, refused: Refused, store: Store, quota: Quota) -> StoringResult:
    """Keep the bytes apart and say why; a file that is sent again is not kept twice."""
    original, why = refused.original, refused.why
    if original is not None:
        session.flush()
        if content_is_quarantined(session, original.sha256):
            store.keep(original.path, original.sha256, Area.QUARANTINE)
        elif _has_room(session, original.size, quota):
            store.keep(original.path, original.sha256, Area.QUARANTINE)
            _note(session, refused, original)
        else:
            why = f"{why} {NOT_KEPT}"
    return StoringResult(
        StoringOutcome.QUARANTINED,
        why,
        kind=refused.kind,
        sop_instance_uid=refused.origin.sop_instance_uid,
    )


def _has_room(session: ActorSession, size: int, quota: Quota) -> bool:
    held = quarantine_use(session)
    return held.files < quota.files and held.bytes + size <= quota.bytes


def _note(session: ActorSession, refused: Refused, original: Incoming) -> None:
    origin = refused.origin
    session.add(
        QuarantinedFile(
            id=new_id(),
            content_sha256=original.sha256,
            size=original.size,
            source=origin.source[-1000:].replace("\0", ""),
            calling_ae_title=origin.calling_ae_title,
            sop_instance_uid=origin.sop_instance_uid,
            why=refused.why,
        )
    )
    session.flush()
