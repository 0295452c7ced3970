"""One entry in full readable words, with every version that the reader may see."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from emr.content.rules.context import reference_texts_in
from emr.content.rules.references import readable, relative_references_in
from emr.content.rules.subject import Subject
from emr.details.queries.earlier_values import Surroundings, surroundings_of
from emr.details.queries.pictures import pictured_study_uid
from emr.details.rules.parts import Section, Told
from emr.details.rules.sections import sections_of
from emr.directory.queries import directory_targets
from emr.documents.queries import document_links
from emr.documents.rules import DocumentLink
from emr.entries.enumerations import KIND_WORDS, Kind
from emr.entries.queries.versions import integrity_fault_of, signature_of_version
from emr.entries.tables.entries import Entry, EntryVersion
from emr.entries.tables.signatures import Signature
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
from identity.facilities.queries import FacilityCard, facility_cards
from identity.patients.queries.patients import sex_and_birth_column, sex_and_birth_from
from identity.staff.queries import StaffCard, staff_cards

REFERENCE = re.compile(r"[A-Za-z]+/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class SignatureDetails:
    """`signer` is "" where the sending system vouches (meaning "source")."""

    meaning: str
    signer: PrintedName
    position: BilingualText | None
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class VersionDetails:
    """One version. `unbroken` tells whether its content still has the digest that was signed."""

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

    @property
    def signer(self) -> str:
        return self.signature.signer if self.signature else ""


@dataclass(frozen=True, slots=True)
class EntryDetails:
    """An entry and its versions, newest first; `place` and `author` as the timeline tells them.

    `ended_by` is the entry that says later that this problem is over, "" where none does; `study_uid` the number of the
    images in the archive that it is of, "" where they are not there.
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
    versions: list[VersionDetails]

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


def entry_to_read(session: ActorSession, entry_id: UUID) -> EntryDetails:
    """The entry with every signed version, and for its author also the unsigned one.

    Raises:
        NotFound: no such entry, or not one that the reader may see.
    """
    rows = _versions(session, entry_id)
    if not rows:
        raise NotFound("There is no such entry.")
    entry: Entry = rows[0].Entry
    contents = [row.EntryVersion.content for row in rows]
    newest = next((row for row in rows if row.signed_at), rows[0]).EntryVersion
    referred = _entries_in(contents)
    around = surroundings_of(
        session,
        entry_id,
        patient_id=entry.patient_id,
        referred=set(referred),
        measured=_measured_by(newest.content, entry_id),
    )
    listed = directory_targets(session, contents)
    people, facilities = _people_and_places(session, rows)
    named = _names(people, facilities, around=around, referred=referred)
    drawn = around.drawn
    kept = from_row(drawn.facts if drawn else {})
    subject = _subject(rows[0].sex_and_birth)
    told = [
        sections_of(
            readable(row.EntryVersion.content, listed.get),
            told=_told(around, referred, named, of_today=row.EntryVersion is newest),
            subject=subject,
        )
        for row in rows
    ]
    documents = document_links(session, entry.patient_id, contents)
    summary = summary_of(readable(newest.content, listed.get), subject)
    place = facilities[entry.facility_id].name if entry.facility_id in facilities else kept.place
    author = _name(people, newest.author_id) or PrintedName(kept.author)
    return EntryDetails(
        entry_id=entry.id,
        patient_id=entry.patient_id,
        kind=summary.kind,
        kind_name=KIND_WORDS[summary.kind],
        headline=_headline(summary, people.get(newest.author_id)),
        value=summary.facts.value,
        flag=summary.facts.flag,
        state=kept.state if kept.ended_by else summary.facts.state,
        entered_in_error=summary.facts.entered_in_error,
        ended_by=kept.ended_by,
        study_uid=pictured_study_uid(session, newest.content, entry.patient_id),
        effective_at=drawn.effective_at if drawn else newest.effective_at,
        precision=kept.precision,
        facility_id=entry.facility_id,
        place=place,
        author=author,
        source_system=entry.source_system or "",
        versions=[
            _version(row, each, people)
            for row, each in zip(rows, zip(told, documents, strict=True), strict=True)
        ],
    )


def _headline(summary: Summary, author: StaffCard | None) -> BilingualText:
    """As the timeline calls it, which draws it when it is signed."""
    named = note_headline(author.position) if author and summary.kind is Kind.NOTE else NOTHING
    return named or summary.facts.headline


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
            .where(access.readable_by(session, Entry.patient_id))
            .where(access.readable_by(session, EntryVersion.patient_id))
            .where((EntryVersion.author_id == session.actor.staff_id) | Signature.signed_at.is_not(None))
            .order_by(EntryVersion.number.desc())
        )
    )


def _subject(sex_and_birth: Any) -> Subject:
    known = sex_and_birth_from(sex_and_birth)
    return Subject(str(known.sex), known.birth, zone()) if known else Subject(zone=zone())


def _version(
    row: Any, told: tuple[list[Section], list[DocumentLink]], people: Mapping[UUID, StaffCard]
) -> VersionDetails:
    version: EntryVersion = row.EntryVersion
    signer = people.get(row.signer_id)
    signature = SignatureDetails(
        meaning=str(row.meaning),
        signer=signer.full_name if signer else PrintedName(),
        position=signer.position if signer else None,
        signed_at=row.signed_at,
    )
    return VersionDetails(
        number=version.number,
        sections=told[0],
        documents=told[1],
        recorded_at=version.recorded_at,
        effective_at=version.effective_at,
        author_id=version.author_id,
        author=_name(people, version.author_id),
        reason=version.reason,
        content_sha256=version.content_sha256,
        unbroken=not integrity_fault_of(version, row.signed_sha256),
        signature=signature if row.signed_at else None,
    )


def _entries_in(contents: list[dict[str, Any]]) -> dict[UUID, str]:
    """The entries that these resources refer to, with how they write it."""
    references = {each for content in contents for each in reference_texts_in(content)}
    return {UUID(found[1]): each for each in references if (found := REFERENCE.fullmatch(each))}


def _measured_by(content: Mapping[str, Any], entry_id: UUID) -> list[UUID]:
    """The measurements of which is told what they were before: itself, or those that a report gathers."""
    if content.get("resourceType") == "Observation":
        return [entry_id]
    return list(_entries_in([{"result": content.get("result")}])) if content.get("result") else []


def _people_and_places(
    session: ActorSession, rows: list[Any]
) -> tuple[dict[UUID, StaffCard], dict[UUID, FacilityCard]]:
    """Who wrote and signed these versions and where, and whom and which facilities those that were written here name."""
    entry: Entry = rows[0].Entry
    # Other systems' people and places are in the directory.
    contents = [] if entry.source_system else [row.EntryVersion.content for row in rows]
    references = {each for content in contents for each in relative_references_in(content)}
    written_by = [each for row in rows for each in (row.EntryVersion.author_id, row.signer_id)]
    staff = [key for resource_type, key in references if resource_type == "Practitioner"]
    places = [key for resource_type, key in references if resource_type == "Organization"]
    return staff_cards(session, [*staff, *written_by]), facility_cards(session, [*places, entry.facility_id])


def _names(
    people: Mapping[UUID, StaffCard],
    facilities: Mapping[UUID, FacilityCard],
    *,
    around: Surroundings,
    referred: Mapping[UUID, str],
) -> dict[str, BilingualText]:
    """What the targets of references are called; a facility of ours also where a sender wrote its name alone."""
    return {
        **{each.name.ru: each.name for each in facilities.values()},
        **{f"Organization/{key}": each.name for key, each in facilities.items()},
        **{
            f"Practitioner/{key}": BilingualText(each.full_name.latin, each.full_name)
            for key, each in people.items()
        },
        **{referred[key]: words for key, words in around.names.items()},
    }


def _told(
    around: Surroundings,
    referred: Mapping[UUID, str],
    names: Mapping[str, BilingualText],
    *,
    of_today: bool,
) -> Told:
    """What is known of the references, and beside the text that is valid what was measured before."""
    if not of_today:
        return Told(names)
    compared = {referred[key]: words for key, words in around.told.items() if key in referred}
    return Told(
        names, compared, next(iter(around.earlier.values()), NOTHING), headed=around.drawn is not None
    )


def _name(people: Mapping[UUID, StaffCard], who: UUID | None) -> PrintedName:
    card = people.get(who) if who else None
    return card.full_name if card else PrintedName()
