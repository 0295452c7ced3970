"""The quarterly form: what each of its numbers means, and how they add up.

The shape is that of the St Petersburg Health Committee's order 229-r of 11 April 2022, Appendix 2: of each facility how many were
referred, for how many the term of the Territorial Programme was kept, for how many not, and the mean days of waiting. Why a term was
missed is not told: nothing says it yet.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from typing import Any, Self

from foundation.canonical_json import digest_of
from foundation.errors import NotFound

SECONDS_A_DAY = 86_400
_named = re.compile(r"([0-9]{4})-q([1-4])", re.ASCII).fullmatch


@dataclass(frozen=True, order=True, slots=True)
class Quarter:
    """Three months of a year in the region's time; `number` from 1 to 4."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """As an address says it: `2011-q4`. Raises NotFound: it names no quarter."""
        found = _named(text)
        if not found:
            raise NotFound("There is no such quarter.")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, (day.month + 2) // 3)

    def __str__(self) -> str:
        return f"{self.year}-q{self.number}"

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def next(self) -> "Quarter":
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)


@dataclass(frozen=True, slots=True)
class QuarterLine:
    """Of the referrals that a facility sent in a quarter, what had become of them by the cut-off.

    Attributes:
        served_in_term: the visit that took place began before the legal term was over, as a proof tells it.
        served_late: after it.
        overdue: open without a time, and the term was over; or its time is beyond it.
        unrecorded: the time of a visit within the term was over, and nobody had written down what became of it.
        waiting: open, and the term was not over, or a time within it was still to come.
        revoked: no longer needed, at the cut-off.
        waited_seconds: from sending to the beginning of the visit, of all that were served together.
    """

    served_in_term: int = 0
    served_late: int = 0
    overdue: int = 0
    unrecorded: int = 0
    waiting: int = 0
    revoked: int = 0
    waited_seconds: int = 0

    def __add__(self, other: "QuarterLine") -> "QuarterLine":
        return QuarterLine(
            **{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)}
        )

    @property
    def referred(self) -> int:
        return self.served_in_term + self.breached + self.unrecorded + self.waiting + self.revoked

    @property
    def breached(self) -> int:
        return self.served_late + self.overdue

    @property
    def mean_days(self) -> float | None:
        """None where nobody was served."""
        served = self.served_in_term + self.served_late
        return self.waited_seconds / SECONDS_A_DAY / served if served else None

    @property
    def share_in_term(self) -> float | None:
        """Of those of whom it is known whether the term was kept, from 0 to 1; None where it is known of none."""
        known = self.served_in_term + self.breached
        return self.served_in_term / known if known else None


@dataclass(frozen=True, slots=True)
class Waits:
    """How long people waited whom a facility referred in a quarter, by the cut-off.

    Attributes:
        missed: visits to which the patient did not come; one referral may have several.
        days: of all that were served, how many waited so many calendar days from sending to the beginning of the visit. A day
            that was begun counts as one.
    """

    missed: int = 0
    days: Mapping[int, int] = field(default_factory=dict)

    def __add__(self, other: "Waits") -> "Waits":
        days = Counter(self.days) + Counter(other.days)
        return Waits(self.missed + other.missed, dict(days))

    @property
    def served(self) -> int:
        return sum(self.days.values())

    @property
    def share_missed(self) -> float | None:
        """Of the visits that are known to have taken place or not, from 0 to 1; None where there is none."""
        visits = self.served + self.missed
        return self.missed / visits if visits else None

    @property
    def half_within(self) -> int | None:
        return self.percentile(50)

    @property
    def nine_tenths_within(self) -> int | None:
        return self.percentile(90)

    @property
    def nearly_all_within(self) -> int | None:
        return self.percentile(95)

    def percentile(self, percent: int) -> int | None:
        """The least number of days within which at least so many of a hundred that were served had their visit; None of nobody."""
        wanted, so_far = percent * self.served, 0
        for days, people in sorted(self.days.items()):
            so_far += people
            if 100 * so_far >= wanted:
                return days
        return None


def total(lines: Iterable[QuarterLine]) -> QuarterLine:
    return sum(lines, QuarterLine())


def total_waits(waits: Iterable[Waits]) -> Waits:
    return sum(waits, Waits())


def waits_as_kept(waits: Mapping[str, Waits]) -> list[dict[str, Any]]:
    """Waits by the facility's code, as the table keeps them: pairs of days and people."""
    return [
        {"facility": code, "missed": each.missed, "days": [list(pair) for pair in sorted(each.days.items())]}
        for code, each in sorted(waits.items())
    ]


def waits_as_counted(kept: Sequence[Mapping[str, Any]]) -> dict[str, Waits]:
    """The waits that a table keeps, by the facility's code."""
    return {each["facility"]: Waits(each["missed"], dict(each["days"])) for each in kept}


def as_kept(lines: Mapping[str, QuarterLine]) -> list[dict[str, Any]]:
    """Lines by the facility's code, as the table keeps them."""
    return [{"facility": code, **asdict(line)} for code, line in sorted(lines.items())]


def as_counted(kept: Sequence[Mapping[str, Any]]) -> dict[str, QuarterLine]:
    """The lines that a table keeps, by the facility's code."""
    return {
        line["facility"]: QuarterLine(**{name: line[name] for name in line if name != "facility"})
        for line in kept
    }


def digest(quarter: Quarter, cut_off: datetime, kept: Sequence[Mapping[str, Any]]) -> str:
    """The SHA-256 of what was counted, lines or waits, in hexadecimal."""
    return digest_of({"quarter": str(quarter), "cut_off": cut_off.isoformat(), "lines": list(kept)})
