"""One entry in full readable words, with every version that the reader may see."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from emr.content.rules.subject import Subject
from emr.details.queries.entry_details import EntryDetails, SignatureDetails, VersionDetails
from emr.details.queries.pictures import pictured_study_uid
from emr.details.queries.references import References, references_of
from emr.details.rules.sections import sections_of
from emr.documents.queries import document_links
from emr.documents.rules import DocumentLink
from emr.entries.enumerations import KIND_WORDS, Kind
from emr.entries.queries.versions import integrity_fault_of, signature_of_version
from emr.entries.tables.entries import Entry, EntryVersion
from emr.entries.tables.signatures import Signature
from emr.sensitivity.enumerations import is_hidden, labels_in
from emr.sensitivity.queries import readable
from emr.summaries.rules.facts import from_row
from emr.summaries.rules.note_headlines import note_headline
from emr.summaries.rules.summary import Summary, summary_of
from emr.terminology.rules.phrases import NOTHING
from foundation.clock import zone
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.language.bilingual import BilingualText
from foundation.language.latin_letters import PrintedName
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.patients.queries.patients import sex_and_birth_column, sex_and_birth_from
from identity.staff.queries import StaffCard


def entry_to_read(session: ActorSession, entry_id: UUID) -> EntryDetails:
    """The entry with every signed version, and for its author also the unsigned one.

    Raises:
        NotFound: no such entry, or not one that the reader may see.
    """
    rows = _versions(session, entry_id)
    if not rows:
        raise NotFound("There is no such entry.")
    entry: Entry = rows[0].Entry
    references = references_of(session, rows)
    links = document_links(session, entry.patient_id, [row.EntryVersion.content for row in rows])
    study_uid = pictured_study_uid(session, references.valid.content, entry.patient_id)
    subject = _subject(rows[0].sex_and_birth)
    return _entry(
        entry,
        summary_of(references.readable(references.valid), subject),
        references,
        study_uid=study_uid,
        versions=[
            _version(row, references, subject, documents) for row, documents in zip(rows, links, strict=True)
        ],
    )


def _versions(session: ActorSession, entry_id: UUID) -> list[Any]:
    return list(
        session.execute(
            select(
                EntryVersion,
                Entry,
                Signature.meaning,
                Signature.signer_id,
                Signature.signed_at,
                Signature.signed_sha256,
                sex_and_birth_column(session, EntryVersion.patient_id).label("sex_and_birth"),
            )
            .join(Entry, Entry.id == EntryVersion.entry_id)
            .outerjoin(Signature, signature_of_version())
            .where(EntryVersion.entry_id == entry_id)
            .where(access.readable_by(session, Thing.ENTRIES, Entry.patient_id))
            .where(readable(session, EntryVersion, EntryVersion.author_id))
            .where((EntryVersion.author_id == session.actor.staff_id) | Signature.signed_at.is_not(None))
            .order_by(EntryVersion.number.desc())
        )
    )


def _subject(sex_and_birth: Any) -> Subject:
    known = sex_and_birth_from(sex_and_birth)
    return Subject(str(known.sex), known.birth, zone()) if known else Subject(zone=zone())


def _entry(
    entry: Entry, summary: Summary, references: References, *, study_uid: str, versions: list[VersionDetails]
) -> EntryDetails:
    drawn, valid = references.around.drawn, references.valid
    kept = from_row(drawn.facts if drawn else {})
    # The line knows what it may take from the visit; only what is not signed yet has none.
    facility_id = drawn.facility_id if drawn else entry.facility_id
    facility = references.facilities.get(facility_id) if facility_id else None
    return EntryDetails(
        entry_id=entry.id,
        patient_id=entry.patient_id,
        kind=summary.kind,
        kind_name=KIND_WORDS[summary.kind],
        headline=_headline(summary, references.card_of(valid.author_id)),
        value=summary.facts.value,
        flag=summary.facts.flag,
        state=kept.state if kept.ended_by else summary.facts.state,
        entered_in_error=summary.facts.entered_in_error,
        ended_by=kept.ended_by,
        study_uid=study_uid,
        effective_at=drawn.effective_at if drawn else valid.effective_at,
        precision=kept.precision,
        facility_id=facility_id,
        place=facility.name if facility else kept.place,
        author=references.name_of(valid.author_id) or PrintedName(kept.author),
        source_system=entry.source_system or "",
        labels=labels_in(entry.restrictions),
        hidden=is_hidden(entry.restrictions),
        versions=versions,
    )


def _headline(summary: Summary, author: StaffCard | None) -> BilingualText:
    """As the timeline calls it, which draws it when it is signed."""
    named = note_headline(author.position) if author and summary.kind is Kind.NOTE else NOTHING
    return named or summary.facts.headline


def _version(
    row: Any, references: References, subject: Subject, documents: list[DocumentLink]
) -> VersionDetails:
    version: EntryVersion = row.EntryVersion
    told = references.told_of(version, signed=row.signed_at is not None)
    return VersionDetails(
        number=version.number,
        sections=sections_of(references.readable(version), told=told, subject=subject),
        documents=documents,
        recorded_at=version.recorded_at,
        effective_at=version.effective_at,
        author_id=version.author_id,
        author=references.name_of(version.author_id),
        reason=version.reason,
        content_sha256=version.content_sha256,
        unbroken=not integrity_fault_of(version, row.signed_sha256),
        signature=_signature(row, references) if row.signed_at else None,
        labels=labels_in(version.restrictions),
    )


def _signature(row: Any, references: References) -> SignatureDetails:
    signer = references.card_of(row.signer_id)
    return SignatureDetails(
        meaning=str(row.meaning),
        signer=signer.full_name if signer else PrintedName(),
        position=signer.position if signer else None,
        signed_at=row.signed_at,
    )
