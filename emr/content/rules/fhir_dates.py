"""FHIR dates and times, which may know only the year, as moments that can be ordered."""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from typing import Any

from foundation.language.dates import Precision
from identity.people.enumerations import Death

# FHIR R4, datatypes: date, dateTime, instant.
MOMENT = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d)"
    r"(T(?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)(?P<fraction>\.\d+)?)?(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?"
)
EARLIEST_YEAR = 1850
LATEST_YEAR = 2200
LAST_SECOND = 59
# Where what has no date stands in an order by time: before all that has one.
UNDATED = datetime(1800, 1, 1, tzinfo=UTC)
# Where each type says when it happened, best first.
PLACES: Mapping[str, tuple[str, ...]] = {
    "AdverseEvent": ("date", "detected", "recordedDate"),
    "AllergyIntolerance": (
        "onsetDateTime", "onsetPeriod.start", "recordedDate", "lastOccurrence", "onsetPeriod.end",
    ),
    "Appointment": ("start", "end", "requestedPeriod.start", "requestedPeriod.end", "created"),
    "CarePlan": ("period.start", "created", "period.end"),
    "CareTeam": ("period.start", "period.end"),
    "Claim": ("billablePeriod.start", "created"),
    "Communication": ("sent", "received"),
    "Composition": ("date",),
    "Condition": ("onsetDateTime", "onsetPeriod.start", "recordedDate", "onsetPeriod.end"),
    "DetectedIssue": ("identifiedDateTime", "identifiedPeriod.start", "identifiedPeriod.end"),
    "DeviceUseStatement": (
        "timingDateTime", "timingPeriod.start", "timingPeriod.end", "timingTiming.event", "recordedOn",
    ),
    "DiagnosticReport": ("effectiveDateTime", "effectivePeriod.start", "effectivePeriod.end", "issued"),
    "DocumentReference": ("context.period.start", "date", "context.period.end"),
    "Encounter": ("period.start", "period.end"),
    "ExplanationOfBenefit": ("billablePeriod.start", "created"),
    "Goal": ("startDate", "statusDate"),
    "ImagingStudy": ("started",),
    "Immunization": ("occurrenceDateTime", "recorded"),
    "Media": ("createdDateTime", "createdPeriod.start", "createdPeriod.end", "issued"),
    "MedicationDispense": ("whenHandedOver", "whenPrepared"),
    "MedicationRequest": ("authoredOn",),
    "MedicationStatement": ("effectiveDateTime", "effectivePeriod.start", "effectivePeriod.end", "dateAsserted"),
    "Observation": (
        "effectiveDateTime", "effectivePeriod.start", "effectivePeriod.end", "effectiveInstant", "effectiveTiming.event",
        "issued",
    ),
    "Procedure": ("performedDateTime", "performedPeriod.start", "performedPeriod.end"),
    "Specimen": (
        "collection.collectedDateTime", "collection.collectedPeriod.start", "collection.collectedPeriod.end",
        "receivedTime",
    ),
    "Task": ("executionPeriod.start", "authoredOn", "executionPeriod.end", "lastModified"),
}  # fmt: skip
# An order stands under the day on which it was given, and not under the one that it is meant for. When a sender's machine
# last touched a resource (meta.lastUpdated) is no date of anything that happened.
ELSEWHERE = (
    "authoredOn", "effectiveDateTime", "effectivePeriod.start", "effectivePeriod.end", "occurrenceDateTime",
    "occurrencePeriod.start", "occurrencePeriod.end", "occurrenceTiming.event", "period.start", "period.end", "recordedDate",
    "date", "dateTime", "created", "issued", "authored", "sent", "start", "recorded",
)  # fmt: skip


def moment_of(text: object, *, zone: tzinfo) -> datetime | None:
    """A FHIR date, dateTime or instant; what is left open counts from its beginning, in the region's zone."""
    found = MOMENT.fullmatch(text) if isinstance(text, str) else None
    if found is None or not EARLIEST_YEAR <= int(found["year"]) <= LATEST_YEAR:
        return None
    part = {name: int(found[name] or least) for name, least in
            {"year": 1, "month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0}.items()}  # fmt: skip
    # FHIR knows the second that is put in now and then, at 23:59:60; our clocks stand still for it.
    part["second"] = min(part["second"], LAST_SECOND)
    try:
        if found["zone"] and found["zone"] != "Z":
            zone = _offset(found["zone"])
        return datetime(**part, tzinfo=UTC if found["zone"] == "Z" else zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


# A region writes one or two offsets, and a record holds thousands of moments.
@lru_cache(maxsize=256)
def _offset(written: str) -> tzinfo:
    """Raises ValueError: there is no such offset."""
    found = datetime.strptime(written, "%z").tzinfo
    if found is None:
        raise ValueError("no offset")
    return found


@dataclass(frozen=True, slots=True)
class Happened:
    """The beginning of what is known of a moment, and how much that is."""

    at: datetime
    precision: Precision


def happened(resource: Mapping[str, Any], *, zone: tzinfo) -> Happened | None:
    """When the thing that a resource tells of happened, by its own account."""
    for place in PLACES.get(str(resource.get("resourceType")), ELSEWHERE):
        text = _at(resource, place)
        if moment := moment_of(text, zone=zone):
            return Happened(moment, precision_of(str(text)))
    return None


def death_told(person: Mapping[str, Any], *, zone: tzinfo) -> Death | None:
    """What a FHIR Patient says of a death (deceased[x]); None where it tells of none."""
    written = person.get("deceasedDateTime")
    if moment := moment_of(written, zone=zone):
        precision = precision_of(str(written))
        return Death(
            moment.astimezone(zone).date(), Precision.DAY if precision is Precision.MINUTE else precision
        )
    return Death() if written or person.get("deceasedBoolean") is True else None


def happened_at(resource: Mapping[str, Any], *, zone: tzinfo) -> datetime | None:
    """The same moment alone."""
    known = happened(resource, zone=zone)
    return known.at if known else None


def precision_of(text: str) -> Precision:
    """How much a FHIR date, dateTime or instant says."""
    found = MOMENT.fullmatch(text)
    if found is None:
        return Precision.UNKNOWN
    if found["hour"]:
        return Precision.MINUTE
    return Precision.DAY if found["day"] else Precision.MONTH if found["month"] else Precision.YEAR


def days_meant(text: object) -> tuple[date, date] | None:
    """The first and the last day that a FHIR date, dateTime or instant may mean, by the calendar of whoever wrote it."""
    found = MOMENT.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    year, month, day = int(found["year"]), int(found["month"] or 1), int(found["day"] or 1)
    try:
        first = date(year, month, day)
    except ValueError:
        return None
    if found["day"]:
        return first, first
    if found["month"]:
        return first, first.replace(day=monthrange(year, month)[1])
    return first, first.replace(month=12, day=31)


def _at(resource: object, place: str) -> object:
    """What stands there; of several moments the first."""
    for name in place.split("."):
        resource = resource.get(name) if isinstance(resource, Mapping) else None
    return resource[0] if isinstance(resource, list) and resource else resource
