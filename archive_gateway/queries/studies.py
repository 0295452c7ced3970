"""Studies, as the record and the portal show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from archive_gateway.rules.uids import require_uids
from archive_gateway.tables import Instance, Series, Study
from foundation.database import ActorSession
from foundation.errors import NotFound
from identity.queries import access


@dataclass(frozen=True, slots=True)
class StudyCard:
    """One examination in a list. `started_at` is the device's clock, without a zone."""

    id: UUID
    study_instance_uid: str
    patient_id: UUID
    started_on: date | None
    started_at: time | None
    description: str
    modalities: tuple[str, ...]
    series_count: int
    instance_count: int
    facility_id: UUID | None


def studies_of(session: ActorSession, patient_id: UUID) -> list[StudyCard]:
    """A patient's studies, the newest first; none where the reader may not see them."""
    asked = _readable(session).where(Study.patient_id == patient_id)
    return _cards(session, asked.order_by(Study.started_on.desc().nulls_last(), Study.arrived_at.desc()))


def study_open_to(session: ActorSession, study_instance_uid: str) -> StudyCard:
    """One study.

    Raises:
        NotFound: no such study, or not one that the reader may see.
    """
    require_uids(study_instance_uid)
    found = _cards(session, _readable(session).where(Study.study_instance_uid == study_instance_uid))
    if not found:
        raise NotFound("There is no such image.")
    return found[0]


def _readable(session: ActorSession) -> Select[Study]:
    return select(Study).where(access.readable_by(session, Study.patient_id))


def _cards(session: ActorSession, asked: Select[Study]) -> list[StudyCard]:
    studies = session.scalars(asked).all()
    contents = _contents(session, [study.study_instance_uid for study in studies])
    return [
        StudyCard(
            id=study.id,
            study_instance_uid=study.study_instance_uid,
            patient_id=study.patient_id,
            started_on=study.started_on,
            started_at=study.started_at,
            description=study.description,
            facility_id=study.facility_id,
            **contents.get(study.study_instance_uid, _NOTHING),
        )
        for study in studies
        if study.patient_id is not None
    ]


_NOTHING: dict[str, Any] = {"modalities": (), "series_count": 0, "instance_count": 0}


def _contents(session: ActorSession, study_instance_uids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Of studies that the reader may see: what is in them."""
    if not study_instance_uids:
        return {}
    instances = (
        select(Instance.series_id, func.count().label("count"))
        .where(Instance.study_instance_uid.in_(study_instance_uids))
        .group_by(Instance.series_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Series.study_instance_uid,
            func.array_agg(Series.modality.distinct()),
            func.count(),
            func.coalesce(func.sum(instances.c.count), 0),
        )
        .outerjoin(instances, instances.c.series_id == Series.id)
        .where(Series.study_instance_uid.in_(study_instance_uids))
        .group_by(Series.study_instance_uid)
    )
    return {
        uid: {
            "modalities": tuple(sorted(each for each in modalities if each)),
            "series_count": series_count,
            "instance_count": int(instance_count),
        }
        for uid, modalities, series_count, instance_count in rows
    }
