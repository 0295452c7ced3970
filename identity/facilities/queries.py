"""Facilities, as other rooms show them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from foundation.database.transactions import ActorSession
from foundation.errors import NotFound, RuleBroken
from foundation.language.bilingual import BilingualText
from identity.facilities.enumerations import CENTER_CODE, HOSPITALS, FacilityKind
from identity.facilities.tables import Facility

MOST_CARDS = 20_000


@dataclass(frozen=True, slots=True)
class FacilityCard:
    """A facility; its address (the street with its number) and telephone are empty where they are not known."""

    id: UUID
    code: str
    kind: FacilityKind
    name: BilingualText
    settlement: BilingualText
    address: BilingualText
    telephone: str
    latitude: float | None
    longitude: float | None


def facility_cards(session: ActorSession, ids: Iterable[UUID | None]) -> dict[UUID, FacilityCard]:
    """The facilities with these ids; unknown ids are left out."""
    wanted = {each for each in ids if each is not None}
    if not wanted:
        return {}
    return {row.id: _card(row) for row in session.scalars(select(Facility).where(Facility.id.in_(wanted)))}


def facility_rows(within: Any = None) -> Select[Any]:
    """Those of a select's ids, or all that take part, by code: to be fetched in a combined query, and read by `facilities_from`."""
    chosen = Facility.connected if within is None else Facility.id.in_(within)
    rows: Select[Any] = _FACILITIES.where(chosen).order_by(Facility.code)
    return rows


def every_facility_rows() -> Select[Any]:
    """The whole register, those that take no part among them: for a combined query, and read by `facilities_from`."""
    rows: Select[Any] = _FACILITIES.order_by(Facility.code)
    return rows


def hospital_ids() -> Select[Any]:
    """Of the hospitals that take part: a select for `facility_rows`."""
    rows: Select[Any] = select(Facility.id).where(Facility.connected, Facility.kind.in_(HOSPITALS))
    return rows


def center_ids() -> Select[Any]:
    """Of the Dispatching Center, if the region has entered it: for a condition of other selects."""
    rows: Select[Any] = select(Facility.id).where(Facility.kind == FacilityKind.DISPATCHING_CENTER)
    return rows


def facilities_from(rows: Iterable[Any]) -> dict[UUID, FacilityCard]:
    return {row.id: _card_of_row(row) for row in rows}


def all_facilities(session: ActorSession) -> list[FacilityCard]:
    """Every facility that takes part, by code."""
    return [_card(row) for row in session.execute(facility_rows())]


def facility_by_code(session: ActorSession, code: str) -> FacilityCard | None:
    row = session.scalar(select(Facility).where(Facility.code == code))
    return _card(row) if row else None


def facilities_by_code(session: ActorSession, codes: Collection[str]) -> dict[str, FacilityCard]:
    """The facilities with these codes; unknown codes are left out."""
    rows = session.scalars(select(Facility).where(Facility.code.in_(codes)))
    return {row.code: _card(row) for row in rows}


def facility_codes(session: ActorSession) -> dict[UUID, str]:
    """The code of every facility of the register."""
    return {row.id: row.code for row in session.execute(select(Facility.id, Facility.code))}


def taking_part_rows() -> Select[Any]:
    """How many medical facilities take part, and how many there are: one row for a combined query. The Dispatching Center is none of them."""
    counted: Any = select(
        func.count().filter(Facility.connected).label("taking_part"), func.count().label("facilities")
    )
    rows: Select[Any] = counted.where(Facility.kind != FacilityKind.DISPATCHING_CENTER)
    return rows


def no_facility(code: str) -> str:
    """Why a line of an operator's table is refused that names no facility of the register."""
    return f"facility: there is none with the code {code}; load-facilities enters them"


def dispatching_center(session: ActorSession) -> UUID:
    """The Dispatching Center, itself a facility.

    Raises:
        RuleBroken: the region has not entered it.
    """
    center = facility_by_code(session, CENTER_CODE)
    if center is None:
        raise RuleBroken("The Dispatching Center is not set up yet.")
    return center.id


def facility_named(session: ActorSession, code: str) -> FacilityCard:
    """The facility that an operator names by its code.

    Raises:
        NotFound: there is none.
    """
    card = facility_by_code(session, code)
    if card is None:
        raise NotFound("There is no facility with the code %(code)s.", code=code)
    return card


_FACILITIES: Any = select(
    Facility.id,
    Facility.code,
    Facility.kind,
    Facility.name_en,
    Facility.name_ru,
    Facility.settlement_en,
    Facility.settlement_ru,
    Facility.address_en,
    Facility.address_ru,
    Facility.telephone,
    Facility.latitude,
    Facility.longitude,
)


@lru_cache(MOST_CARDS)
def _card_of_row(row: Any) -> FacilityCard:
    """Of a plain row, which says all that the card does: pages tell the same places again and again."""
    return _card(row)


def _card(row: Any) -> FacilityCard:
    return FacilityCard(
        id=row.id,
        code=row.code,
        kind=row.kind,
        name=BilingualText(row.name_en, row.name_ru),
        settlement=BilingualText(row.settlement_en, row.settlement_ru),
        address=BilingualText(row.address_en, row.address_ru),
        telephone=row.telephone,
        latitude=row.latitude,
        longitude=row.longitude,
    )
