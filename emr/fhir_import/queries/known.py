"""What we hold of what other systems sent, found by what it is called there: asked by whoever takes in more."""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, cast, func, or_, select, text, tuple_
from sqlalchemy.dialects.postgresql import JSONB, distinct_on

from emr.directory.tables import DirectoryResource
from emr.entries.tables.entries import Entry, EntryVersion
from foundation.database.transactions import ActorSession

LOOKED_UP_AT_ONCE = 1000

# The references as the index `ix_entry_version_medicines` has them, letter by letter.
MEDICINES = 'strict $.**.reference ? (@ starts with "Medication" || @ starts with "Substance")'
REFERRING = text(
    "SELECT DISTINCT v.patient_id FROM unnest(CAST(:references AS text[])) AS changed (reference) "  # noqa: S608 (our own words)
    f"JOIN emr.entry_version AS v ON jsonb_path_exists(v.content, '{MEDICINES}') "
    f"AND jsonb_path_query_array(v.content, '{MEDICINES}') @> jsonb_build_array(changed.reference)"
)

# The sending system, and the identifier there.
SourceIdentity = tuple[str, str]


class KnownEntry(NamedTuple):
    """An entry that we hold, and its newest version; by default one that is only beginning.

    `digests` are those of every version, where they were asked for.
    """

    entry_id: UUID
    resource_type: str
    number: int = 0
    content_sha256: str = ""
    patient_id: UUID | None = None
    digests: frozenset[str] = frozenset()


class ListedResource(NamedTuple):
    """A resource of the directory, and the digests of everything it was described by."""

    resource_id: UUID
    resource_type: str
    digests: frozenset[str] = frozenset()


def known_entries(
    session: ActorSession, identities: Sequence[SourceIdentity], *, every_version: bool = False
) -> dict[SourceIdentity, KnownEntry]:
    """Those of these resources that are entries already.

    Args:
        every_version: for a history, which tells of versions that came before.
    """
    known: dict[SourceIdentity, KnownEntry] = {}
    for portion in _in_portions(identities):
        rows = session.execute(
            select(
                Entry.source_system,
                Entry.source_identifier,
                Entry.id,
                func.jsonb_extract_path_text(EntryVersion.content, "resourceType"),
                EntryVersion.number,
                EntryVersion.content_sha256,
                Entry.patient_id,
            )
            .join(EntryVersion, EntryVersion.entry_id == Entry.id)
            .where(tuple_(Entry.source_system, Entry.source_identifier).in_(portion))
            .ext(distinct_on(Entry.id))
            .order_by(Entry.id, EntryVersion.number.desc())
        )
        for system, identifier, *entry in rows:
            known[(system, identifier)] = KnownEntry(*entry)
    if every_version:
        digests = _digests_of(session, [each.entry_id for each in known.values()])
        return {key: each._replace(digests=digests[each.entry_id]) for key, each in known.items()}
    return known


def _digests_of(session: ActorSession, entry_ids: Sequence[UUID]) -> dict[UUID, frozenset[str]]:
    found: dict[UUID, set[str]] = {each: set() for each in entry_ids}
    for start in range(0, len(entry_ids), LOOKED_UP_AT_ONCE):
        portion = entry_ids[start : start + LOOKED_UP_AT_ONCE]
        rows = session.execute(
            select(EntryVersion.entry_id, EntryVersion.content_sha256).where(
                EntryVersion.entry_id.in_(portion)
            )
        )
        for entry_id, digest in rows:
            found[entry_id].add(digest)
    return {entry_id: frozenset(digests) for entry_id, digests in found.items()}


def entries_with_identifier(
    session: ActorSession, patient_id: UUID, resource_type: str, *, system: str, value: str
) -> list[KnownEntry]:
    """Those of a patient's entries whose newest version carries this business identifier; two tell of several."""
    newest = (
        select(
            EntryVersion.entry_id,
            func.jsonb_extract_path_text(EntryVersion.content, "resourceType").label("resource_type"),
            EntryVersion.number,
            EntryVersion.content_sha256,
            EntryVersion.patient_id,
            func.jsonb_extract_path(EntryVersion.content, "identifier").label("identifier"),
        )
        .where(EntryVersion.patient_id == patient_id)
        .ext(distinct_on(EntryVersion.entry_id))
        .order_by(EntryVersion.entry_id, EntryVersion.number.desc())
        .subquery()
    )
    # A type of which one identifier is enough has an object here, the others a list.
    one = {"system": system, "value": value}
    carried = or_(*(newest.c.identifier.op("@>")(cast(each, JSONB)) for each in (one, [one])))
    rows = session.execute(
        select(*newest.c[:5]).where(newest.c.resource_type == resource_type, carried).limit(2)
    )
    return [KnownEntry(*row) for row in rows]


def listed_resources(
    session: ActorSession, identities: Sequence[SourceIdentity]
) -> dict[SourceIdentity, ListedResource]:
    """Those of these resources that stand in the directory already."""
    listed: dict[SourceIdentity, ListedResource] = {}
    for portion in _in_portions(identities):
        rows = session.execute(
            select(
                DirectoryResource.source_system,
                DirectoryResource.source_identifier,
                DirectoryResource.resource_id,
                DirectoryResource.resource_type,
                DirectoryResource.content_sha256,
            ).where(tuple_(DirectoryResource.source_system, DirectoryResource.source_identifier).in_(portion))
        )
        for system, identifier, resource_id, resource_type, digest in rows:
            there = listed.get((system, identifier)) or ListedResource(resource_id, resource_type)
            listed[(system, identifier)] = there._replace(digests=there.digests | {digest})
    return listed


def entry_by_source_identifier(session: ActorSession, system: str, identifier: str) -> UUID | None:
    """The entry that this system calls so."""
    return session.scalar(
        select(Entry.id).where(Entry.source_system == system, Entry.source_identifier == identifier).limit(1)
    )


def patient_by_source_identifier(session: ActorSession, system: str, identifier: str) -> UUID | None:
    """The patient in whose record the entry stands that this system calls so."""
    return session.scalar(
        select(Entry.patient_id)
        .where(Entry.source_system == system, Entry.source_identifier == identifier)
        .limit(1)
    )


def resource_by_source_identifier(session: ActorSession, system: str, identifier: str) -> UUID | None:
    """The resource of the directory that this system calls so."""
    return session.scalar(
        select(DirectoryResource.resource_id)
        .where(DirectoryResource.source_system == system, DirectoryResource.source_identifier == identifier)
        .limit(1)
    )


def listed_resource_with(
    session: ActorSession, resource_type: str, *, system: str, value: str
) -> UUID | None:
    """The one resource of the directory that carries this identifier; None where none does, or several do."""
    found = session.scalars(
        select(DirectoryResource.resource_id)
        .where(DirectoryResource.resource_type == resource_type, carries(system=system, value=value))
        .distinct()
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def carries(*, system: str, value: str) -> ColumnElement[bool]:
    """Whether a resource of the directory, each of which may have several identifiers, has this one; an index knows it."""
    carried = func.jsonb_extract_path(DirectoryResource.content, "identifier")
    return carried.op("@>", is_comparison=True)(cast([{"system": system, "value": value}], JSONB))


def _in_portions(identities: Sequence[SourceIdentity]) -> Iterator[Sequence[SourceIdentity]]:
    """The database takes only so many values in one statement."""
    for start in range(0, len(identities), LOOKED_UP_AT_ONCE):
        yield identities[start : start + LOOKED_UP_AT_ONCE]


def patients_with_medicines(session: ActorSession, references: Collection[str]) -> set[UUID]:
    """In whose records entries refer to one of these medicines of the directory.

    Args:
        references: as our own contents say them: `Medication/<id>`.
    """
    return set(session.scalars(REFERRING, {"references": list(references)})) if references else set()
