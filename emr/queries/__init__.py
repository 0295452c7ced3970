"""What can be asked about the record."""

from emr.queries.chart import Allergies, Chart, allergies_from, allergy_rows, chart_of
from emr.queries.readings import EntryReading, VersionReading, entry_to_read
from emr.queries.resources import (
    StoredResource,
    directory_resources,
    headline_rows,
    headlines_from,
    signed_resources_of,
)
from emr.queries.timeline import ALL_KINDS, TimelineLine, TimelinePage, timeline_of
from emr.rules.kinds import KIND_WORDS, SHOWN_KINDS, Kind

__all__ = [
    "ALL_KINDS",
    "KIND_WORDS",
    "SHOWN_KINDS",
    "Allergies",
    "Chart",
    "EntryReading",
    "Kind",
    "StoredResource",
    "TimelineLine",
    "TimelinePage",
    "VersionReading",
    "allergies_from",
    "allergy_rows",
    "chart_of",
    "directory_resources",
    "entry_to_read",
    "headline_rows",
    "headlines_from",
    "signed_resources_of",
    "timeline_of",
]
