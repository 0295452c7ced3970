"""The series of a study, as a viewer lists them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from archive_gateway.studies.queries.studies import study_to_read
from archive_gateway.studies.tables.instances import Instance
from archive_gateway.studies.tables.series import Series
from foundation.database.transactions import ActorSession
from identity.access import queries as access
from identity.access.enumerations import Thing


@dataclass(frozen=True, slots=True)
class SeriesCard:
    """`frame_count` is 0 where nothing can be drawn: reports, presentation states."""

    id: UUID
    study_instance_uid: str
    series_instance_uid: str
    number: int | None
    modality: str
    description: str
    instance_count: int
    frame_count: int


def series_of(session: ActorSession, study_instance_uid: str) -> list[SeriesCard]:
    """The series of a study, by number.

    Raises:
        NotFound: no such study, or not one that the reader may see.
    """
    study = study_to_read(session, study_instance_uid)
    counted = (
        select(
            Instance.series_id,
            func.count().label("instances"),
            func.coalesce(func.sum(Instance.frame_count), 0).label("frames"),
        )
        .where(Instance.study_instance_uid == study.study_instance_uid)
        .group_by(Instance.series_id)
        .subquery()
    )
    rows = session.execute(
        select(Series, counted.c.instances, counted.c.frames)
        .outerjoin(counted, counted.c.series_id == Series.id)
        .where(Series.study_instance_uid == study.study_instance_uid)
        .where(access.readable_by(session, Thing.IMAGES, Series.patient_id))
        .order_by(Series.number.nulls_last(), Series.series_instance_uid)
    )
    return [_card(series, instances or 0, frames or 0) for series, instances, frames in rows]


def _card(series: Series, instance_count: int, frame_count: int) -> SeriesCard:
    return SeriesCard(
        id=series.id,
        study_instance_uid=series.study_instance_uid,
        series_instance_uid=series.series_instance_uid,
        number=series.number,
        modality=series.modality,
        description=series.description,
        instance_count=int(instance_count),
        frame_count=int(frame_count),
    )
