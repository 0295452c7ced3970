"""What the programme brought, by year and by facility, and how many were referred meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from dispatch_backend.programme.rules import BOUGHT, NUMBERS, REACHED, Brought, total
from dispatch_backend.programme.tables import Equipment, ProgrammeExpense
from dispatch_backend.reports.queries.counts import Programme, programme_from, programme_selects
from foundation.database.combined_query import CombinedQuery, together
from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText
from identity.facilities.queries import FacilityCard, every_facility_rows, facilities_from


@dataclass(frozen=True, slots=True)
class ProgrammeYear:
    """A year of the programme; None where nothing is told of what it brought or cost, or nobody was referred."""

    year: int
    referred: int | None
    brought: Brought | None
    roubles: int | None
    basis: BilingualText | None


@dataclass(frozen=True, slots=True)
class ProgrammeCard:
    """The programme at a glance: its years, the newest first, and what each facility was equipped with in all of them."""

    counted: Programme
    years: Sequence[ProgrammeYear]
    facilities: Sequence[tuple[FacilityCard, Brought]]

    @property
    def total(self) -> Brought:
        return total(brought for _, brought in self.facilities)


def programme_card(session: ActorSession) -> ProgrammeCard:
    answer = CARD.fetch(session)
    counted = programme_from(answer)
    referred = {each.year: each.total.referred for each in counted.years}
    brought = {row.year: _brought(row) for row in answer.brought}
    expenses = {row.year: row for row in answer.expenses}
    places = {each.id: each for each in facilities_from(answer.places).values()}
    return ProgrammeCard(
        counted=counted,
        years=[
            _year(year, referred, brought, expenses)
            for year in sorted({*referred, *brought, *expenses}, reverse=True)
        ],
        facilities=sorted(
            ((places[row.facility_id], _brought(row)) for row in answer.of_facilities),
            key=lambda each: each[0].code,
        ),
    )


def _year(
    year: int, referred: Mapping[int, int], brought: Mapping[int, Brought], expenses: Mapping[int, Any]
) -> ProgrammeYear:
    spent = expenses.get(year)
    return ProgrammeYear(
        year=year,
        referred=referred.get(year),
        brought=brought.get(year),
        roubles=spent.roubles if spent else None,
        basis=BilingualText(spent.basis_en, spent.basis_ru) if spent else None,
    )


def _brought(row: Any) -> Brought:
    return Brought(
        row.workplaces, row.multifunction_devices, row.workplaces_to_automate, row.workplaces_on_network
    )


def _selects(_session: ActorSession) -> dict[str, Any]:
    by_year: Any = select(
        Equipment.year, *(func.sum(getattr(Equipment, name)).label(name) for name in NUMBERS)
    ).group_by(Equipment.year)
    # What was bought adds up over the years; how far a facility has come is what its newest year says.
    newest = (
        select(Equipment.facility_id, func.max(Equipment.year).label("year"))
        .group_by(Equipment.facility_id)
        .subquery()
    )
    is_newest = Equipment.year == newest.c.year
    by_facility: Any = (
        select(
            Equipment.facility_id,
            *(func.sum(getattr(Equipment, name)).label(name) for name in BOUGHT),
            *(func.sum(getattr(Equipment, name)).filter(is_newest).label(name) for name in REACHED),
        )
        .join(newest, newest.c.facility_id == Equipment.facility_id)
        .group_by(Equipment.facility_id)
    )
    expenses: Any = select(
        ProgrammeExpense.year,
        ProgrammeExpense.roubles,
        ProgrammeExpense.basis_en,
        ProgrammeExpense.basis_ru,
    )
    return {
        "brought": by_year,
        "of_facilities": by_facility,
        "expenses": expenses,
        "places": every_facility_rows(),
    }


CARD = CombinedQuery(lambda session: together(programme_selects(), _selects(session)))


def entered_equipment(
    session: ActorSession, facility_ids: Sequence[UUID]
) -> dict[tuple[UUID, int], Equipment]:
    """What stands of these facilities, by facility and year."""
    rows = session.scalars(select(Equipment).where(Equipment.facility_id.in_(facility_ids)))
    return {(row.facility_id, row.year): row for row in rows}
