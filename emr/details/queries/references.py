"""What the versions of an entry refer to: people, places, other entries, and what the directory knows of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from emr.content.rules.context import reference_texts_in
from emr.content.rules.references import readable, relative_references_in
from emr.details.queries.earlier_values import Surroundings, surroundings_of
from emr.details.rules.parts import Told
from emr.directory.queries import directory_targets
from emr.entries.tables.entries import Entry, EntryVersion
from emr.terminology.rules.phrases import NOTHING
from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText
from foundation.language.latin_letters import PrintedName
from identity.facilities.queries import FacilityCard, facility_cards
from identity.staff.queries import StaffCard, staff_cards

REFERENCE = re.compile(r"[A-Za-z]+/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class References:
    """Of an entry's versions.

    Attributes:
        valid: the version that is told as the entry: the newest signed one; where none is signed, the newest.
        entries: the entries that are referred to, with how that is written.
        listed: what the directory knows, by reference.
    """

    valid: EntryVersion
    around: Surroundings
    entries: Mapping[UUID, str]
    listed: Mapping[str, Any]
    people: Mapping[UUID, StaffCard]
    facilities: Mapping[UUID, FacilityCard]
    names: Mapping[str, BilingualText]

    def readable(self, version: EntryVersion) -> Any:
        """The content with what the directory knows of its references."""
        return readable(version.content, self.listed.get)

    def told_of(self, version: EntryVersion, *, signed: bool) -> Told:
        """What is known of the references, and beside the text that is valid what was measured before."""
        if version is not self.valid:
            return Told(self.names, signed=signed)
        around = self.around
        compared = {self.entries[key]: words for key, words in around.told.items() if key in self.entries}
        earlier = next(iter(around.earlier.values()), NOTHING)
        return Told(self.names, compared, earlier, headed=around.drawn is not None, signed=signed)

    def name_of(self, who: UUID | None) -> PrintedName:
        """What one of our staff is called; empty for anybody else."""
        card = self.card_of(who)
        return card.full_name if card else PrintedName()

    def card_of(self, who: UUID | None) -> StaffCard | None:
        return self.people.get(who) if who else None


def references_of(session: ActorSession, rows: list[Any]) -> References:
    """Look up what these versions of one entry refer to, newest first, each row with its `Entry` and `EntryVersion`."""
    entry: Entry = rows[0].Entry
    valid: EntryVersion = next((row for row in rows if row.signed_at), rows[0]).EntryVersion
    contents = [row.EntryVersion.content for row in rows]
    entries = _entries_in(contents)
    around = surroundings_of(
        session,
        entry.id,
        patient_id=entry.patient_id,
        referred=set(entries),
        measured=_measured_by(valid.content, entry.id),
    )
    listed = directory_targets(session, contents)
    people, facilities = _people_and_places(session, rows)
    names = _names(people, facilities, around=around, referred=entries)
    return References(valid, around, entries, listed, people, facilities, names)


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
