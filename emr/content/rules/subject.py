"""Whose record it is, as far as the words for a value depend on it."""

from dataclasses import dataclass
from datetime import UTC, tzinfo

from identity.people.enumerations import Birth


@dataclass(frozen=True, slots=True)
class Subject:
    """The person by whose sex and age reference ranges are chosen, and the zone in which times are told to them.

    `sex` is a code of FHIR's administrative-gender, "" where nobody knows it.
    """

    sex: str = ""
    birth: Birth | None = None
    zone: tzinfo = UTC


UNKNOWN_SUBJECT = Subject()
