"""What the region's law opens, has opened and will open: a public register."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, select, union
from sqlalchemy.dialects.postgresql import TIMESTAMP

from foundation.clock import now
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.language.bilingual import BilingualText
from identity.access.enumerations import Thing
from identity.facilities.queries import FacilityCard, facilities_from, facility_rows
from identity.legal_openings.enumerations import OpeningState
from identity.legal_openings.rules import reaches, state_at
from identity.legal_openings.tables import FOREVER, LegalOpening, LegalOpeningEnd
from identity.roles import Role
from identity.staff.queries import StaffCard, staff_from, staff_rows

NO_OPENING = "There is no such opening."


@dataclass(frozen=True, slots=True)
class OpeningCard:
    """One part of every record that the law opens to a role, to be read.

    Attributes:
        facility_id: where those work to whom it opens; None for everywhere.
        ends_at: the first moment at which it opens nothing, whatever ended it; None while no end is known.
        staff_id: who entered it.
    """

    id: UUID
    role: Role
    thing: Thing
    facility_id: UUID | None
    basis: BilingualText
    began_at: datetime
    ends_at: datetime | None
    staff_id: UUID
    entered_at: datetime

    @property
    def state(self) -> OpeningState:
        return state_at(now(), began_at=self.began_at, ends_at=self.ends_at)

    @property
    def never_began(self) -> bool:
        return self.ends_at is not None and self.ends_at <= self.began_at

    def opened(self, *, to_role: str, facility_id: UUID | None, at: datetime) -> bool:
        """Whether it opened something to somebody in that role at that facility then."""
        held = state_at(at, began_at=self.began_at, ends_at=self.ends_at) is OpeningState.IN_FORCE
        return held and reaches(
            role=self.role, facility_id=facility_id, to_role=to_role, at_facility=self.facility_id
        )


@dataclass(frozen=True, slots=True)
class EndCard:
    """Somebody had it end earlier."""

    opening_id: UUID
    ends_at: datetime
    reason: str
    staff_id: UUID
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class LegalOpenings:
    """Openings, those that began last first, with the people and places that they name. `choices` are the facilities that take part."""

    cards: Sequence[OpeningCard]
    ends: Sequence[EndCard]
    staff: Mapping[UUID, StaffCard]
    facilities: Mapping[UUID, FacilityCard]
    choices: Mapping[UUID, FacilityCard]

    def ends_of(self, opening_id: UUID) -> list[EndCard]:
        return [each for each in self.ends if each.opening_id == opening_id]


def legal_openings(session: ActorSession) -> LegalOpenings:
    """All that were ever entered."""
    answer = _ALL.fetch(session)
    return LegalOpenings(
        cards=openings_from(answer.openings),
        ends=[EndCard(*row) for row in answer.ends],
        staff=staff_from(answer.staff),
        facilities=facilities_from(answer.facilities),
        choices=facilities_from(answer.choices),
    )


def opening_of(found: LegalOpenings, opening_id: UUID) -> OpeningCard:
    """Raises NotFound: there is none."""
    for each in found.cards:
        if each.id == opening_id:
            return each
    raise NotFound(NO_OPENING)


def legal_opening_rows() -> Select[Any]:
    """Of all that were ever entered: to be fetched in a combined query, and read by `openings_from`."""
    rows: Select[Any] = _OPENINGS
    return rows


def openings_from(rows: Iterable[Any]) -> list[OpeningCard]:
    return [
        OpeningCard(
            id=row.id,
            role=Role(row.role),
            thing=Thing(row.thing),
            facility_id=row.facility_id,
            basis=BilingualText(row.basis_en, row.basis_ru),
            began_at=row.began_at,
            ends_at=row.ended_at,
            staff_id=row.staff_id,
            entered_at=row.entered_at,
        )
        for row in rows
    ]


_EARLIEST_END: Any = (
    select(func.min(LegalOpeningEnd.ends_at))
    .where(LegalOpeningEnd.opening_id == LegalOpening.id)
    .scalar_subquery()
)
_ENDS_AT: Any = func.least(LegalOpening.ends_at, _EARLIEST_END, type_=TIMESTAMP(timezone=True))
_OPENINGS: Any = select(
    LegalOpening.id,
    LegalOpening.role,
    LegalOpening.thing,
    LegalOpening.facility_id,
    LegalOpening.basis_en,
    LegalOpening.basis_ru,
    LegalOpening.began_at,
    case((_ENDS_AT == FOREVER, None), else_=_ENDS_AT).label("ended_at"),
    LegalOpening.staff_id,
    LegalOpening.entered_at,
).order_by(LegalOpening.began_at.desc(), LegalOpening.id)


def _all(_session: ActorSession) -> Selects:
    ends: Any = select(
        LegalOpeningEnd.opening_id,
        LegalOpeningEnd.ends_at,
        LegalOpeningEnd.reason,
        LegalOpeningEnd.staff_id,
        LegalOpeningEnd.entered_at,
    )
    return {
        "openings": legal_opening_rows(),
        "ends": ends.order_by(LegalOpeningEnd.entered_at, LegalOpeningEnd.id),
        "staff": staff_rows(union(select(LegalOpening.staff_id), select(LegalOpeningEnd.staff_id))),
        "facilities": facility_rows(select(LegalOpening.facility_id)),
        "choices": facility_rows(),
    }


_ALL = CombinedQuery(_all)
