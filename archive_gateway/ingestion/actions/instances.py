"""The row of one object with the places of its frames, and its series if that is new."""

from uuid import UUID

from sqlalchemy import delete

from archive_gateway.ingestion.received import ParsedInstance
from archive_gateway.ingestion.rules import Likeness
from archive_gateway.inspection.description import Description
from archive_gateway.studies.actions.registering import (
    NewSeries,
    ReportedStudy,
    describe_study,
    register_series,
)
from archive_gateway.studies.queries.stored import series_to_change
from archive_gateway.studies.tables.instances import Instance, SupersededInstance
from archive_gateway.studies.tables.series import SeriesMetadata
from archive_gateway.studies.tables.studies import Study
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id


def index_instance(
    session: ActorSession, received: ParsedInstance, *, study: Study, replaced: Instance | None
) -> UUID:
    """Enter an object whose bytes are in the store.

    Args:
        replaced: the row of the same object, which only the archive behind us held, or which has been superseded.

    Returns:
        The id of its series.
    """
    series_id = register_series_of(session, study, received.description)
    if replaced:
        session.execute(delete(Instance).where(Instance.id == replaced.id))
        session.expunge(replaced)
    session.add(Instance(id=new_id(), **instance_row(received, study=study, series_id=series_id)))
    session.flush()
    return series_id


def supersede(
    session: ActorSession, known: Instance, *, study: Study, by: ParsedInstance, why: Likeness
) -> None:
    """Keep what stood under the number of an object, before another takes its place; the lists show what the new one says."""
    session.add(
        SupersededInstance(
            id=new_id(),
            sop_instance_uid=known.sop_instance_uid,
            study_instance_uid=known.study_instance_uid,
            content_sha256=known.content_sha256 or "",
            content_size=known.content_size,
            content_transfer_syntax_uid=known.content_transfer_syntax_uid,
            served_sha256=known.served_sha256 or "",
            dicom_json=known.dicom_json or "",
            why=why.value,
        )
    )
    session.execute(delete(SeriesMetadata).where(SeriesMetadata.series_id == known.series_id))
    describe_study(study, reported_study(by.description))
    about = by.description
    series = series_to_change(session, known.series_id)
    series.number, series.modality = about.series_number, about.modality
    series.description = about.series_description
    session.flush()


def reported_study(description: Description) -> ReportedStudy:
    """What a file says about its study."""
    return ReportedStudy(
        study_instance_uid=description.study_instance_uid,
        study_date=description.study_date,
        study_time=description.study_time,
        description=description.study_description,
        patient_identifier=description.patient_identifier,
        patient_name=description.patient_name,
        birth_date=description.patient_birth_date,
        institution_name=description.institution_name,
    )


def instance_row(received: ParsedInstance, *, study: Study, series_id: UUID) -> dict[str, object]:
    """What the index says of an object; everything but the row's own number."""
    about = received.description
    return {
        "series_id": series_id,
        "patient_id": study.patient_id,
        "content_sha256": received.original.sha256,
        "content_size": received.original.size,
        "content_transfer_syntax_uid": about.transfer_syntax_uid,
        "served_sha256": received.served.sha256,
        "served_size": received.served.size,
        "number": about.instance_number,
        "dicom_json": received.metadata.decode(),
        "left_out_digest": about.left_out_digest,
        # What the index takes from the description as it stands.
        **{name: getattr(about, name) for name in _CARRIED_OVER},
    }


def register_series_of(session: ActorSession, study: Study, about: Description) -> UUID:
    """The object's series, entered now if it is new."""
    return register_series(
        session,
        study,
        NewSeries(
            series_instance_uid=about.series_instance_uid,
            number=about.series_number,
            modality=about.modality,
            description=about.series_description,
        ),
    )


_CARRIED_OVER = (
    "study_instance_uid",
    "series_instance_uid",
    "sop_instance_uid",
    "sop_class_uid",
    "data_set_offset",
    "served_transfer_syntax_uid",
    "rows",
    "columns",
    "bits_allocated",
    "bits_in_frame",
    "cell_bytes",
    "pixels_offset",
    "frame_count",
    "span_offsets",
    "span_lengths",
    "spans_in_frame",
)
