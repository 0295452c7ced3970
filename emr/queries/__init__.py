"""What can be asked about the record."""

from emr.queries.chart import Chart, chart_of
from emr.queries.readings import EntryReading, VersionReading, entry_to_read
from emr.queries.resources import StoredResource, signed_resources_of
from emr.queries.timeline import ALL_KINDS, KIND_TEXTS, TimelineLine, TimelinePage, timeline_of
from emr.rules.kinds import SHOWN_KINDS, Kind

__all__ = [
    "ALL_KINDS",
    "KIND_TEXTS",
    "SHOWN_KINDS",
    "Chart",
    "EntryReading",
    "Kind",
    "StoredResource",
    "TimelineLine",
    "TimelinePage",
    "VersionReading",
    "chart_of",
    "entry_to_read",
    "signed_resources_of",
    "timeline_of",
]
