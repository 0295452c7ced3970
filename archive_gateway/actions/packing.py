"""A series' metadata, compressed once when the series is complete instead of at every opening."""

import gzip
import hashlib
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from archive_gateway.queries.metadata import in_viewing_order, joined
from archive_gateway.tables import Instance, Series, SeriesMetadata

# Level 6 against 9: 2 % larger, three times quicker.
_LEVEL = 6


def pack_series(session: Session, series_id: UUID) -> None:
    """Write the packed metadata anew; a reader notices by the count when it has become stale."""
    series = session.get_one(Series, series_id)
    texts = session.scalars(
        in_viewing_order(select(Instance.dicom_json).where(Instance.series_id == series_id))
    ).all()
    if not texts or any(text is None for text in texts):
        return
    whole = joined([text for text in texts if text is not None])
    row = {
        "series_id": series_id,
        "patient_id": series.patient_id,
        "study_instance_uid": series.study_instance_uid,
        "series_instance_uid": series.series_instance_uid,
        "instance_count": len(texts),
        "packed": gzip.compress(whole, _LEVEL, mtime=0),
        "etag": hashlib.sha256(whole).hexdigest()[:32],
    }
    written = insert(SeriesMetadata).values(row)
    session.execute(written.on_conflict_do_update(index_elements=["series_id"], set_={**row}))
