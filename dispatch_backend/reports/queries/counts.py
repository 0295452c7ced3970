"""The counts that are kept: the newest of each quarter, and the lines of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Date, Select, cast, func, select, text, true

from dispatch_backend.reports.rules import (
    Quarter,
    QuarterLine,
    Waits,
    as_counted,
    total,
    total_waits,
    waits_as_counted,
)
from dispatch_backend.reports.tables import QuarterCount
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from identity.facilities.queries import FacilityCard, every_facility_rows, facilities_from, taking_part_rows


@dataclass(frozen=True, slots=True)
class CountedQuarter:
    """A quarter as it was last counted, and its digests.

    Attributes:
        lines: by the code of the facility that referred.
        waits: likewise; None where they were not counted, and then they have no digest.
    """

    quarter: Quarter
    cut_off: datetime
    lines: Mapping[str, QuarterLine]
    sha256: str
    waits: Mapping[str, Waits] | None = None
    waits_sha256: str | None = None

    @property
    def total(self) -> QuarterLine:
        return total(self.lines.values())

    @property
    def total_waits(self) -> Waits | None:
        return None if self.waits is None else total_waits(self.waits.values())


@dataclass(frozen=True, slots=True)
class CountedYear:
    """The quarters of a year in which somebody was referred, in their order."""

    year: int
    quarters: Sequence[CountedQuarter]

    @property
    def total(self) -> QuarterLine:
        return total(each.total for each in self.quarters)


@dataclass(frozen=True, slots=True)
class Programme:
    """Every year in which somebody was referred, the newest first; how many facilities take part, of how many.

    `counted_at` is the newest cut-off; None where nothing was counted yet.
    """

    years: Sequence[CountedYear]
    counted_at: datetime | None
    taking_part: int
    facilities: int

    @property
    def quarters(self) -> Sequence[CountedQuarter]:
        """All of them, the oldest first."""
        return [each for year in reversed(self.years) for each in year.quarters]


@dataclass(frozen=True, slots=True)
class QuarterlyForm:
    counted: CountedQuarter
    facilities: Mapping[str, FacilityCard]


def programme(session: ActorSession) -> Programme:
    return programme_from(PROGRAMME.fetch(session))


def programme_from(answer: Any) -> Programme:
    """As `programme_selects` were answered."""
    years: dict[int, list[CountedQuarter]] = {}
    for row in answer.counts:
        if row.lines:
            counted = _counted(row)
            years.setdefault(counted.quarter.year, []).insert(0, counted)
    ((counted_at,),), ((taking_part, facilities),) = answer.counted_at, answer.taking_part
    return Programme(
        years=[CountedYear(year, quarters) for year, quarters in years.items()],
        counted_at=counted_at,
        taking_part=taking_part,
        facilities=facilities,
    )


def quarterly_form(session: ActorSession, quarter: Quarter) -> QuarterlyForm:
    """The newest count of a quarter. Raises NotFound: nobody was referred in it."""
    answer = FORM.fetch(session, quarter=quarter.first_day)
    for row in answer.counts:
        if row.lines:
            return QuarterlyForm(
                _counted(row), {each.code: each for each in facilities_from(answer.facilities).values()}
            )
    raise NotFound("There is no such quarter.")


def newest_counts(session: ActorSession) -> list[CountedQuarter]:
    """Of each quarter the newest count, the newest quarter first."""
    return [_counted(row) for row in session.execute(_newest())]


def _newest() -> Select[Any]:
    """Sought quarter by quarter: counts of every day are kept for ever."""
    first, last = (select(of(QuarterCount.quarter)).scalar_subquery() for of in (func.min, func.max))
    every = select(func.generate_series(first, last, text("interval '3 months'")).label("day")).subquery()
    newest = _of_quarter(cast(every.c.day, Date)).lateral()
    counts: Any = select(newest).select_from(every.join(newest, true()))
    asked: Select[Any] = counts.order_by(newest.c.quarter.desc())
    return asked


def _of_quarter(quarter: Any) -> Select[Any]:
    rows: Any = select(
        QuarterCount.quarter,
        QuarterCount.cut_off,
        QuarterCount.lines,
        QuarterCount.sha256,
        QuarterCount.waits,
        QuarterCount.waits_sha256,
    )
    newest: Select[Any] = (
        rows.where(QuarterCount.quarter == quarter).order_by(QuarterCount.cut_off.desc()).limit(1)
    )
    return newest


def programme_selects() -> Selects:
    """To be fetched in a combined query, and read by `programme_from`."""
    return {
        "counts": _newest(),
        "counted_at": select(func.max(QuarterCount.cut_off).label("counted_at")),
        "taking_part": taking_part_rows(),
    }


PROGRAMME = CombinedQuery(lambda _session: programme_selects())
FORM = CombinedQuery(
    lambda _session, quarter: {"counts": _of_quarter(quarter), "facilities": every_facility_rows()}
)


def every_count(session: ActorSession) -> list[CountedQuarter]:
    """Whatever was counted, in the order in which it was."""
    kept = session.scalars(select(QuarterCount).order_by(QuarterCount.cut_off, QuarterCount.quarter))
    return [_counted(each) for each in kept]


def is_counted(session: ActorSession, cut_off: datetime) -> bool:
    return (
        session.scalar(select(QuarterCount.quarter).where(QuarterCount.cut_off >= cut_off).limit(1))
        is not None
    )


def _counted(kept: Any) -> CountedQuarter:
    return CountedQuarter(
        quarter=Quarter.of(kept.quarter),
        cut_off=kept.cut_off,
        lines=as_counted(kept.lines),
        sha256=kept.sha256,
        waits=None if kept.waits is None else waits_as_counted(kept.waits),
        waits_sha256=kept.waits_sha256,
    )
