"""Entering what an archive behind us holds: the same rows as for our own files, without content."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive_gateway.actions.indexing import series_for
from archive_gateway.actions.registering import Origin, register_study, wait_for_study
from archive_gateway.rules.dicom_json import number_of, text_of
from archive_gateway.rules.uids import is_uid
from archive_gateway.tables import Instance, Series
from foundation.identifiers import new_id


def mirror_instances(
    session: Session,
    origin: Origin,
    series: Iterable[dict[str, Any]],
    *,
    patient_id: UUID | None = None,
) -> tuple[int, int]:
    """Enter a study of the archive behind us with its series and objects.

    Args:
        series: each with "series" and its "instances", as QIDO-RS said them.

    Returns:
        How many objects it has, and how many of them were new to us.
    """
    wait_for_study(session, origin.study_instance_uid)
    study = register_study(session, origin, patient_id=patient_id)
    found = added = 0
    for each in series:
        about = each["series"]
        uid = text_of(about, "0020000E")
        home = session.scalar(select(Series.study_instance_uid).where(Series.series_instance_uid == uid))
        if home not in {None, study.study_instance_uid}:
            continue
        series_id = series_for(
            session,
            study,
            series_instance_uid=uid,
            number=number_of(about, "00200011"),
            modality=text_of(about, "00080060"),
            description=text_of(about, "0008103E"),
        )
        named = {text_of(one, "00080018"): one for one in each["instances"]}
        wanted = {sop for sop in named if is_uid(sop)}
        known = set(
            session.scalars(select(Instance.sop_instance_uid).where(Instance.sop_instance_uid.in_(wanted)))
        )
        found += len(wanted)
        for sop in sorted(wanted - known):
            added += 1
            session.add(
                Instance(
                    id=new_id(),
                    series_id=series_id,
                    patient_id=study.patient_id,
                    study_instance_uid=study.study_instance_uid,
                    series_instance_uid=uid,
                    sop_instance_uid=sop,
                    sop_class_uid=text_of(named[sop], "00080016"),
                    number=number_of(named[sop], "00200013"),
                    rows=number_of(named[sop], "00280010"),
                    columns=number_of(named[sop], "00280011"),
                    frame_count=number_of(named[sop], "00280008") or 1,
                )
            )
        session.flush()
    return found, added
