"""A series' metadata, compressed once when the series is complete instead of at every opening."""

import gzip
import hashlib
from collections.abc import Iterator
from io import BytesIO
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from archive_gateway.metadata.queries import PORTION_BYTES, headers_to_pack, series_to_pack
from archive_gateway.metadata.rules import blocks_of, length_of, portions
from archive_gateway.studies.tables.series import SeriesMetadata
from foundation.database.transactions import ActorSession

# Level 6 against 9: 2 % larger, three times quicker.
_LEVEL = 6
# Two thousand slices make some 20 MB; what is beyond this is sent object by object, as any series is until packed.
MOST_PACKED_BYTES = 32 << 20


def pack_series(session: ActorSession, series_id: UUID) -> None:
    """Write the packed metadata anew; a reader notices by the count when it has become stale."""
    series, sizes = series_to_pack(session, series_id)
    if not sizes or length_of([size for _, size in sizes]) > MOST_PACKED_BYTES:
        return
    runs = portions(sizes, most_bytes=PORTION_BYTES)
    packed, etag = _packed(blocks_of(headers_to_pack(session, run) for run in runs))
    row = {
        "series_id": series_id,
        "patient_id": series.patient_id,
        "study_instance_uid": series.study_instance_uid,
        "series_instance_uid": series.series_instance_uid,
        "instance_count": len(sizes),
        "packed": packed,
        "etag": etag,
    }
    written = insert(SeriesMetadata).values(row)
    session.execute(written.on_conflict_do_update(index_elements=["series_id"], set_={**row}))


def _packed(blocks: Iterator[bytes]) -> tuple[bytes, str]:
    """The text as gzip, and its ETag."""
    digest, buffer = hashlib.sha256(), BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=_LEVEL, mtime=0) as file:
        for block in blocks:
            digest.update(block)
            file.write(block)
    return buffer.getvalue(), digest.hexdigest()[:32]
