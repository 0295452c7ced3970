"""What can be asked of the archive, always through the person who asks."""

from archive_gateway.queries.frames import frames_to_send, instance_to_send
from archive_gateway.queries.metadata import portion_of, series_metadata, study_metadata
from archive_gateway.queries.series import SeriesCard, series_of
from archive_gateway.queries.studies import StudyCard, studies_from, studies_of, study_open_to, study_selects

__all__ = [
    "SeriesCard",
    "StudyCard",
    "frames_to_send",
    "instance_to_send",
    "portion_of",
    "series_metadata",
    "series_of",
    "studies_from",
    "studies_of",
    "study_metadata",
    "study_open_to",
    "study_selects",
]
