"""Words and values about people that other rooms may say: names, births, and the administrative gender of FHIR."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from foundation.language.dates import Precision

# Between these lies every birth that is told of here.
EARLIEST_BIRTH, LATEST_BIRTH = date(1850, 1, 1), date(2200, 12, 31)
# FHIR R4, datatype date.
FHIR_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


class AdministrativeGender(StrEnum):
    MALE = "male"
    FEMALE = "female"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PersonName:
    """What somebody is called; a middle name, in Russia the patronymic, not everybody has."""

    family: str
    given: str
    middle: str = ""


@dataclass(frozen=True, slots=True)
class Birth:
    """When somebody was born, as far as it is known: of some people the year or the month alone.

    `first` is the first day that it can have been; `precision` is a year, a month or a day, or unknown.
    """

    first: date
    precision: Precision = Precision.DAY

    @classmethod
    def read(cls, text: str) -> Self:
        """A FHIR date: 1961, 1961-05 or 1961-05-03.

        Raises:
            ValueError: it is none.
        """
        found = FHIR_DATE.fullmatch(text)
        if found is None:
            raise ValueError(f"not a FHIR date: {len(text)} characters")
        year, month, day = found.groups()
        precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
        return cls(date(int(year), int(month or 1), int(day or 1)), precision)

    @classmethod
    def unknown(cls) -> Self:
        """Of whom nobody knows when they were born: it can have been on any day."""
        return cls(EARLIEST_BIRTH, Precision.UNKNOWN)

    @property
    def last(self) -> date:
        """The last day that it can have been."""
        if self.precision == Precision.UNKNOWN:
            return LATEST_BIRTH
        if self.precision == Precision.YEAR:
            return self.first.replace(month=12, day=31)
        if self.precision == Precision.MONTH:
            return self.first.replace(day=monthrange(self.first.year, self.first.month)[1])
        return self.first

    @property
    def exact(self) -> bool:
        """Whether the day is known: less is no proof that two people are one."""
        return self.precision == Precision.DAY

    def may_be(self, other: "Birth") -> bool:
        """Whether both may tell of one day."""
        return self.first <= other.last and other.first <= self.last

    def __str__(self) -> str:
        """As FHIR writes it, with no more than is known; "" where nothing is."""
        if self.precision == Precision.UNKNOWN:
            return ""
        return self.first.isoformat()[: {Precision.YEAR: 4, Precision.MONTH: 7}.get(self.precision, 10)]


@dataclass(frozen=True, slots=True)
class Death:
    """That somebody has died, and when, as far as it is told: `first` is the first day that it can have been."""

    first: date | None = None
    precision: Precision = Precision.UNKNOWN
