"""What is stored already, whoever it belongs to: asked by whoever files something new.

Nobody who reads asks here: behind row-level security the loader alone gets an answer about every study.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, union_all

from archive_gateway.studies.tables.instances import Instance, SupersededInstance
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


def series_to_change(session: ActorSession, series_id: UUID) -> Series:
    """The series, locked until the transaction ends."""
    return session.get_one(Series, series_id, with_for_update=True)


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
    """Whether an object has, or had before a better one came, exactly these bytes."""
    now_or_before = union_all(
        select(Instance.id).where(Instance.content_sha256 == content_sha256),
        select(SupersededInstance.id).where(SupersededInstance.content_sha256 == content_sha256),
    ).limit(1)
    return session.scalar(now_or_before) is not None


class UnassignedStudy(NamedTuple):
    """A study that is nobody's yet, and what its device said of the person."""

    study_instance_uid: str
    arrived_at: datetime
    started_on: date | None
    description: str
    sent_patient_identifier: str
    sent_patient_name: str
    sent_birth_date: date | None
    institution_name: str


def unassigned_studies(session: ActorSession) -> list[UnassignedStudy]:
    """Every study without a patient, the newest first."""
    columns = [getattr(Study, name) for name in UnassignedStudy._fields]
    asked = select(*columns).where(Study.patient_id.is_(None)).order_by(Study.arrived_at.desc(), Study.id)
    return [UnassignedStudy(*row) for row in session.execute(asked)]
