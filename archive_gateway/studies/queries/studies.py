"""Studies, as the record and the portal show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Select, func, select

from archive_gateway.dicom.rules.uids import require_uids
from archive_gateway.studies.tables.instances import Instance
from archive_gateway.studies.tables.series import Series
from archive_gateway.studies.tables.studies import Study
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.facilities.queries import facility_rows

# As many as somebody looks through before they look for one.
MOST_NEWEST = 50


@dataclass(frozen=True, slots=True)
class StudyCard:
    """One examination in a list. `started_at` is the device's clock, without a zone; `frame_count` are the pictures that we hold,
    `undecodable_frame_count` those of them that are known not to be decodable."""

    id: UUID
    study_instance_uid: str
    patient_id: UUID
    started_on: date | None
    started_at: time | None
    description: str
    modalities: tuple[str, ...]
    series_count: int
    instance_count: int
    frame_count: int
    undecodable_frame_count: int
    facility_id: UUID | None


def studies_of(session: ActorSession, patient_id: UUID) -> list[StudyCard]:
    """A patient's studies, the newest first; none where the reader may not see them."""
    return studies_from(PATIENT_STUDIES.fetch(session, patient_id=patient_id))


def study_to_read(session: ActorSession, study_instance_uid: str) -> StudyCard:
    """One study.

    Raises:
        NotFound: no such study, or not one that the reader may see.
    """
    require_uids(study_instance_uid)
    found = studies_from(SINGLE_STUDY.fetch(session, study_instance_uid=study_instance_uid))
    if not found:
        raise NotFound("There is no such image.")
    return found[0]


def known_study_uid(session: ActorSession, patient_id: UUID, study_uids: Sequence[str]) -> str:
    """The first of these numbers that is of a study of the patient that the reader may see; "" where none is."""
    asked = (
        select(Study.study_instance_uid)
        .where(Study.study_instance_uid.in_(study_uids), Study.patient_id == patient_id)
        .where(access.readable_by(session, Thing.IMAGES, Study.patient_id, only=patient_id))
        .limit(1)
    )
    return session.scalar(asked) or ""


def study_selects(session: ActorSession, patient_id: Any) -> Selects:
    """A patient's studies and the places they name: to be fetched in a combined query, and read by `studies_from`."""
    own = Study.patient_id == patient_id
    studies, contents = _studies(
        own & access.readable_by(session, Thing.IMAGES, Study.patient_id, only=patient_id)
    )
    return {
        "studies": select(studies),
        "study_contents": contents,
        "study_places": facility_rows(select(studies.c.facility_id)),
    }


def newest_study_selects(session: ActorSession) -> tuple[Selects, Select[UUID]]:
    """The studies that came last, of patients whom the reader may see: to be fetched in a combined query and read by
    `studies_from`; and whose they are."""
    readable = Study.patient_id.is_not(None) & access.readable_by(session, Thing.IMAGES, Study.patient_id)
    studies, contents = _studies(readable, came_last=MOST_NEWEST)
    selects: Selects = {
        "studies": select(studies),
        "study_contents": contents,
        "study_places": facility_rows(select(studies.c.facility_id)),
    }
    return selects, select(studies.c.patient_id)


def studies_from(answer: Any) -> list[StudyCard]:
    contents = {row.study_instance_uid: row for row in answer.study_contents}
    return [_card(row, contents.get(row.study_instance_uid)) for row in answer.studies]


@dataclass(frozen=True, slots=True)
class StudyName:
    """What a study is called where it is only named."""

    study_instance_uid: str
    description: str
    started_on: date | None


def study_name_rows(session: ActorSession, within: Any) -> Select[Any]:
    """Of the studies with these ids: to be fetched in a combined query, and read by `study_names_from`."""
    rows: Any = select(Study.id, Study.study_instance_uid, Study.description, Study.started_on)
    asked: Select[Any] = rows.where(
        Study.id.in_(within), access.readable_by(session, Thing.IMAGES, Study.patient_id)
    )
    return asked


def study_names_from(rows: Any) -> dict[UUID, StudyName]:
    return {row.id: StudyName(row.study_instance_uid, row.description, row.started_on) for row in rows}


def _single(session: ActorSession, study_instance_uid: Any) -> Selects:
    named = Study.study_instance_uid == study_instance_uid
    studies, contents = _studies(named & access.readable_by(session, Thing.IMAGES, Study.patient_id))
    return {"studies": select(studies), "study_contents": contents}


def _studies(readable: ColumnElement[bool], *, came_last: int | None = None) -> tuple[CTE, Select[Any]]:
    """Studies that the reader may see, the newest first, and what is in them.

    Args:
        came_last: only so many, those that came last, in that order; None for all of them by when they were taken.
    """
    rows: Any = select(
        Study.id,
        Study.study_instance_uid,
        Study.patient_id,
        Study.started_on,
        Study.started_at,
        Study.description,
        Study.facility_id,
    )
    newest_first = (
        Study.started_on.desc().nulls_last(),
        Study.started_at.desc().nulls_last(),
        Study.arrived_at.desc(),
    )
    asked = rows.where(readable)
    if came_last is None:
        asked = asked.order_by(*newest_first)
    else:
        asked = asked.order_by(Study.arrived_at.desc()).limit(came_last)
    studies = asked.cte("readable_studies")
    uids = select(studies.c.study_instance_uid)
    instances = (
        select(
            Instance.series_id,
            func.count().label("count"),
            func.sum(Instance.frame_count).filter(Instance.content_sha256.is_not(None)).label("frames"),
            func.sum(Instance.undecodable_frame_count).label("undecodable"),
        )
        .where(Instance.study_instance_uid.in_(uids))
        .group_by(Instance.series_id)
        .subquery()
    )
    contents: Any = select(
        Series.study_instance_uid,
        func.array_agg(Series.modality.distinct()).label("modalities"),
        func.count().label("series_count"),
        func.coalesce(func.sum(instances.c.count), 0).label("instance_count"),
        func.coalesce(func.sum(instances.c.frames), 0).label("frame_count"),
        func.coalesce(func.sum(instances.c.undecodable), 0).label("undecodable_frame_count"),
    )
    contents = (
        contents.outerjoin(instances, instances.c.series_id == Series.id)
        .where(Series.study_instance_uid.in_(uids))
        .group_by(Series.study_instance_uid)
    )
    return studies, contents


def _card(row: Any, contents: Any) -> StudyCard:
    return StudyCard(
        id=row.id,
        study_instance_uid=row.study_instance_uid,
        patient_id=row.patient_id,
        started_on=row.started_on,
        started_at=row.started_at,
        description=row.description,
        modalities=tuple(sorted(each for each in contents.modalities if each)) if contents else (),
        series_count=contents.series_count if contents else 0,
        instance_count=int(contents.instance_count) if contents else 0,
        frame_count=int(contents.frame_count) if contents else 0,
        undecodable_frame_count=int(contents.undecodable_frame_count) if contents else 0,
        facility_id=row.facility_id,
    )


PATIENT_STUDIES = CombinedQuery(lambda session, patient_id: study_selects(session, patient_id))
SINGLE_STUDY = CombinedQuery(_single)
