"""The directory: what organisations, practitioners and places of other systems are called."""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from emr.content.rules.context import reference_texts_in
from emr.content.rules.references import DIRECTORY_TYPES
from emr.directory.tables import DirectoryResource
from foundation.database.transactions import ActorSession

LISTED = re.compile(
    rf"({'|'.join(sorted(DIRECTORY_TYPES))})/([0-9a-f]{{8}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{12}})"
)


@dataclass(frozen=True, slots=True)
class ListedContent:
    """A directory resource as it was last described: when, and by whom."""

    content: dict[str, Any]
    recorded_at: datetime
    source_system: str


def directory_targets(
    session: ActorSession, contents: Iterable[Mapping[str, Any]]
) -> dict[str, Mapping[str, Any]]:
    """What the references of these resources lead to in the directory: medicines in full, of the rest the name."""
    references = {each for content in contents for each in reference_texts_in(content)}
    listed = {UUID(found[2]): each for each in references if (found := LISTED.fullmatch(each))}
    medicines = {key for key, reference in listed.items() if reference.startswith("Medication/")}
    names = directory_names(session, listed.keys() - medicines)
    targets: dict[str, Mapping[str, Any]] = {listed[key]: {"name": name} for key, name in names.items()}
    for medicine in directory_resources(session, medicines):
        targets[f"Medication/{medicine.content['id']}"] = medicine.content
    return targets


def directory_names(session: ActorSession, ids: Set[UUID]) -> dict[UUID, str]:
    """What the directory calls these resources; unknown ids are left out."""
    if not ids:
        return {}
    newest = (
        select(DirectoryResource.resource_id, DirectoryResource.name)
        .where(DirectoryResource.resource_id.in_(ids))
        .ext(distinct_on(DirectoryResource.resource_id))
        .order_by(
            DirectoryResource.resource_id, DirectoryResource.recorded_at.desc(), DirectoryResource.id.desc()
        )
    )
    return {resource_id: name for resource_id, name in session.execute(newest)}


def directory_resources(session: ActorSession, ids: Set[UUID]) -> list[ListedContent]:
    """The directory resources with these ids, each as it was last described."""
    if not ids:
        return []
    newest = (
        select(DirectoryResource.content, DirectoryResource.recorded_at, DirectoryResource.source_system)
        .where(DirectoryResource.resource_id.in_(ids))
        .ext(distinct_on(DirectoryResource.resource_id))
        .order_by(
            DirectoryResource.resource_id, DirectoryResource.recorded_at.desc(), DirectoryResource.id.desc()
        )
    )
    return [ListedContent(*row) for row in session.execute(newest)]
