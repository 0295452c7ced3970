"""What the archive keeps about its images; the bytes themselves are in the store."""

from archive_gateway.tables.instance import Instance
from archive_gateway.tables.quarantine import QuarantinedFile
from archive_gateway.tables.reading import StudyReading
from archive_gateway.tables.series import Series, SeriesMetadata
from archive_gateway.tables.study import Study, StudyAssignment

__all__ = [
    "Instance",
    "QuarantinedFile",
    "Series",
    "SeriesMetadata",
    "Study",
    "StudyAssignment",
    "StudyReading",
]
