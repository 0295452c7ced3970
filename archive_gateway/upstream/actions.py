"""Entering what an archive behind us holds: the same rows as for our own files, without content."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from archive_gateway.dicom.rules import tags
from archive_gateway.dicom.rules.dicom_json import number_of, text_of
from archive_gateway.dicom.rules.uids import is_uid
from archive_gateway.studies.actions.registering import (
    Attribution,
    NewSeries,
    ReportedStudy,
    conflicts_with_owner,
    lock_study,
    register_series,
    register_study,
)
from archive_gateway.studies.queries.stored import instances_stored, study_uid_of_series
from archive_gateway.studies.tables.instances import Instance
from archive_gateway.studies.tables.studies import Study
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id

Members = dict[str, Any]


@dataclass(frozen=True)
class SeriesFound:
    """A series of the archive behind us and its objects, as QIDO-RS said them."""

    about: Members
    instances: Sequence[Members]


@dataclass(frozen=True, slots=True)
class Mirrored:
    """How many objects a study has, and how many of them were new to us; none where we know another person by it."""

    found: int = 0
    added: int = 0
    of_another_person: bool = False


def mirror_instances(
    session: ActorSession,
    reported: ReportedStudy,
    series: Iterable[SeriesFound],
    *,
    patient_id: UUID | None = None,
) -> Mirrored:
    """Enter a study of the archive behind us with its series and objects."""
    lock_study(session, reported.study_instance_uid)
    if conflicts_with_owner(session, reported, patient_id=patient_id):
        return Mirrored(of_another_person=True)
    study = register_study(session, reported, Attribution(patient_id))
    found = added = 0
    for each in series:
        if _is_of_another_study(session, each, study):
            continue
        objects = _by_identifier(each.instances)
        new = objects.keys() - instances_stored(session, objects)
        series_id = register_series(session, study, _series(each.about))
        session.add_all(
            _mirrored(objects[sop], study=study, series_id=series_id, about=each.about) for sop in sorted(new)
        )
        session.flush()
        found += len(objects)
        added += len(new)
    return Mirrored(found, added)


def _is_of_another_study(session: ActorSession, found: SeriesFound, study: Study) -> bool:
    home = study_uid_of_series(session, text_of(found.about, tags.SERIES_INSTANCE_UID))
    return home not in {None, study.study_instance_uid}


def _by_identifier(instances: Iterable[Members]) -> dict[str, Members]:
    """The objects that can be asked for at all."""
    named = {text_of(each, tags.SOP_INSTANCE_UID): each for each in instances}
    return {sop: each for sop, each in named.items() if is_uid(sop)}


def _series(about: Members) -> NewSeries:
    return NewSeries(
        series_instance_uid=text_of(about, tags.SERIES_INSTANCE_UID),
        number=number_of(about, tags.SERIES_NUMBER),
        modality=text_of(about, tags.MODALITY),
        description=text_of(about, tags.SERIES_DESCRIPTION),
    )


def _mirrored(found: Members, *, study: Study, series_id: UUID, about: Members) -> Instance:
    return Instance(
        id=new_id(),
        series_id=series_id,
        patient_id=study.patient_id,
        study_instance_uid=study.study_instance_uid,
        series_instance_uid=text_of(about, tags.SERIES_INSTANCE_UID),
        sop_instance_uid=text_of(found, tags.SOP_INSTANCE_UID),
        sop_class_uid=text_of(found, tags.SOP_CLASS_UID),
        number=number_of(found, tags.INSTANCE_NUMBER),
        rows=number_of(found, tags.ROWS),
        columns=number_of(found, tags.COLUMNS),
        frame_count=number_of(found, tags.NUMBER_OF_FRAMES) or 1,
    )
