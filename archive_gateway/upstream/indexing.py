"""The index of what an archive behind us holds: read by QIDO-RS, written like our own, without bytes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from archive_gateway.dicom.rules import tags
from archive_gateway.dicom.rules.dicom_json import text_of
from archive_gateway.dicom.rules.uids import is_uid
from archive_gateway.studies.actions.registering import ReportedStudy
from archive_gateway.upstream.actions import SeriesFound, mirror_instances
from archive_gateway.upstream.client import Upstream
from archive_gateway.upstream.studies import studies_of_archive
from foundation.commands.running import Transactions


@dataclass
class UpstreamReport:
    """What was found and what is new in the index.

    `unreadable` studies have no usable identifier; those `of_another_person` we hold with another patient's pictures.
    """

    studies: int = 0
    instances: int = 0
    added: int = 0
    unchanged: int = 0
    unreadable: int = 0
    of_another_person: int = 0


def index_archive(
    upstream: Upstream,
    *,
    transactions: Transactions,
    patient_identifier: str = "",
    patient_id: UUID | None = None,
    on_progress: Callable[[int], None] = lambda _done: None,
) -> UpstreamReport:
    """Enter every study of the archive; what is known already, or held by ourselves, is left alone.

    Raises:
        UpstreamDown: the archive does not answer.
    """
    report = UpstreamReport()
    for study in studies_of_archive(upstream, patient_identifier=patient_identifier):
        report.studies += 1
        reported = _origin(study)
        if not is_uid(reported.study_instance_uid):
            report.unreadable += 1
            continue
        series = _series(upstream, reported.study_instance_uid)
        with transactions() as session:
            mirrored = mirror_instances(session, reported, series, patient_id=patient_id)
        report.of_another_person += mirrored.of_another_person
        report.instances += mirrored.found
        report.added += mirrored.added
        report.unchanged += mirrored.found - mirrored.added
        on_progress(report.studies)
    return report


def _series(upstream: Upstream, study_instance_uid: str) -> list[SeriesFound]:
    """The series of a study with their objects. No transaction is open while the network is asked."""
    found = []
    for series in upstream.read_json(f"/studies/{study_instance_uid}/series"):
        uid = text_of(series, tags.SERIES_INSTANCE_UID)
        if is_uid(uid) and _is_of(series, tags.STUDY_INSTANCE_UID, study_instance_uid):
            instances = upstream.read_json(
                f"/studies/{study_instance_uid}/series/{uid}/instances", includefield=tags.NUMBER_OF_FRAMES
            )
            found.append(
                SeriesFound(
                    series, [each for each in instances if _is_of(each, tags.SERIES_INSTANCE_UID, uid)]
                )
            )
    return found


def _is_of(found: dict[str, Any], tag: str, asked: str) -> bool:
    """Whether it is of what was asked for; an archive need not repeat that."""
    return text_of(found, tag) in {"", asked}


def _origin(study: dict[str, Any]) -> ReportedStudy:
    return ReportedStudy(
        study_instance_uid=text_of(study, tags.STUDY_INSTANCE_UID),
        study_date=text_of(study, tags.STUDY_DATE),
        study_time=text_of(study, tags.STUDY_TIME),
        description=text_of(study, tags.STUDY_DESCRIPTION),
        patient_identifier=text_of(study, tags.PATIENT_ID),
        patient_name=text_of(study, tags.PATIENT_NAME),
        birth_date=text_of(study, tags.PATIENT_BIRTH_DATE),
        institution_name=text_of(study, tags.INSTITUTION_NAME),
    )
