"""What is stored already, whoever it belongs to: asked by whoever files something new.

Nobody who reads asks here: behind row-level security the loader alone gets an answer about every study.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from archive_gateway.studies.tables.instances import Instance
from archive_gateway.studies.tables.series import Series
from archive_gateway.studies.tables.studies import Study
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound


def study_stored_as(session: ActorSession, study_instance_uid: str) -> Study | None:
    return session.scalar(select(Study).where(Study.study_instance_uid == study_instance_uid))


def study_to_change(session: ActorSession, study_instance_uid: str) -> Study:
    """The study, locked until the transaction ends.

    Raises:
        NotFound: no such study.
    """
    study = session.scalar(
        select(Study).where(Study.study_instance_uid == study_instance_uid).with_for_update()
    )
    if study is None:
        raise NotFound("There is no such study.")
    return study


def id_of_series(session: ActorSession, series_instance_uid: str) -> UUID | None:
    return session.scalar(select(Series.id).where(Series.series_instance_uid == series_instance_uid))


def study_uid_of_series(session: ActorSession, series_instance_uid: str) -> str | None:
    """The study that holds the series; None where nobody has stored it."""
    return session.scalar(
        select(Series.study_instance_uid).where(Series.series_instance_uid == series_instance_uid)
    )


def instance_stored_as(session: ActorSession, sop_instance_uid: str) -> Instance | None:
    return session.scalar(select(Instance).where(Instance.sop_instance_uid == sop_instance_uid))


def instances_stored(session: ActorSession, sop_instance_uids: Iterable[str]) -> set[str]:
    """Those of these identifiers that are stored."""
    asked = select(Instance.sop_instance_uid).where(Instance.sop_instance_uid.in_(sop_instance_uids))
    return set(session.scalars(asked))


def content_is_stored(session: ActorSession, content_sha256: str) -> bool:
    asked = select(Instance.id).where(Instance.content_sha256 == content_sha256).limit(1)
    return session.scalar(asked) is not None
