"""What can be asked about the record."""

from emr.queries.chart import Chart, chart_of
from emr.queries.readings import EntryReading, VersionReading, entry_to_read
from emr.queries.resources import StoredResource, directory_resources, headlines_of, signed_resources_of
from emr.queries.timeline import ALL_KINDS, TimelineLine, TimelinePage, timeline_of
from emr.rules.kinds import KIND_WORDS, SHOWN_KINDS, Kind

__all__ = [
    "ALL_KINDS",
    "KIND_WORDS",
    "SHOWN_KINDS",
    "Chart",
    "EntryReading",
    "Kind",
    "StoredResource",
    "TimelineLine",
    "TimelinePage",
    "VersionReading",
    "chart_of",
    "directory_resources",
    "entry_to_read",
    "headlines_of",
    "signed_resources_of",
    "timeline_of",
]
