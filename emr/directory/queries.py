"""The directory: what organisations, practitioners and places of other systems are called."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from emr.directory.tables import DirectoryResource
from foundation.database.transactions import ActorSession


def directory_names(session: ActorSession, ids: set[UUID]) -> dict[UUID, str]:
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


def directory_resources(session: ActorSession, ids: set[UUID]) -> list[dict[str, Any]]:
    """The directory resources with these ids, each as it was last described."""
    if not ids:
        return []
    newest = (
        select(DirectoryResource.content)
        .where(DirectoryResource.resource_id.in_(ids))
        .ext(distinct_on(DirectoryResource.resource_id))
        .order_by(
            DirectoryResource.resource_id, DirectoryResource.recorded_at.desc(), DirectoryResource.id.desc()
        )
    )
    return list(session.scalars(newest))
