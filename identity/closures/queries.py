"""To which facilities the reader's record is open and to which it is closed, and why some cannot be closed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, union

from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.language.bilingual import BilingualText
from identity.access import queries as access
from identity.access.enumerations import CareBasis, Thing
from identity.access.tables import CareRelation
from identity.closures.enumerations import FacilityState
from identity.closures.rules import state_of
from identity.closures.tables import ClosedCare, ClosingRule, Closure, ClosureLift
from identity.delegations.queries import OtherPerson, delegate_rows, other_people_from
from identity.facilities.queries import FacilityCard, facilities_from, facility_rows
from identity.legal_openings.enumerations import OpeningState
from identity.legal_openings.queries import OpeningCard, legal_opening_rows, openings_from

NO_CLOSURE = "There is no such clinic among those that see the record."


@dataclass(frozen=True, slots=True)
class ClosedSpan:
    """The record was closed to a facility from `closed_at` until `lifted_at`, or still is (None)."""

    facility_id: UUID
    closed_at: datetime
    lifted_at: datetime | None

    def covers(self, at: datetime) -> bool:
        return self.closed_at <= at and (self.lifted_at is None or at < self.lifted_at)


@dataclass(frozen=True, slots=True)
class ClosureCard:
    """One time that the record was closed to a facility; by whose right, where somebody acted for the reader."""

    id: UUID
    facility_id: UUID
    closed_at: datetime
    closed_by: UUID | None
    lifted_at: datetime | None
    lifted_by: UUID | None


@dataclass(frozen=True, slots=True)
class FacilityLine:
    """How the record stands with one facility.

    Attributes:
        bases: why it sees the record now, in the order of their words.
        kept_by: the law by which it may not be closed; empty where it may.
        closure: what stands, if it is closed.
    """

    facility: FacilityCard
    state: FacilityState
    bases: Sequence[CareBasis]
    kept_by: Sequence[BilingualText]
    closure: ClosureCard | None


@dataclass(frozen=True, slots=True)
class OwnClosures:
    """Every facility that sees the record or to which it is closed, and every closure, the newest first.

    `law` is what the region's law opens of every record now, closed or not.
    """

    lines: Sequence[FacilityLine]
    history: Sequence[ClosureCard]
    facilities: Mapping[UUID, FacilityCard]
    delegates: Mapping[UUID, OtherPerson]
    law: Sequence[OpeningCard]

    def line(self, facility_id: UUID) -> FacilityLine:
        """Raises NotFound: it neither sees the record nor is it closed to it."""
        for each in self.lines:
            if each.facility.id == facility_id:
                return each
        raise NotFound(NO_CLOSURE)


def own_closures(session: ActorSession) -> OwnClosures:
    answer = _OWN.fetch(session)
    history = [ClosureCard(*row) for row in answer.closures]
    facilities = facilities_from(answer.facilities)
    rules = {CareBasis(row.basis): row for row in answer.rules}
    living: dict[UUID, list[CareBasis]] = {}
    for row in answer.living:
        living.setdefault(row.facility_id, []).append(CareBasis(row.basis))
    standing = {each.facility_id: each for each in history if each.lifted_at is None}
    lines = [
        _line(each, living.get(each.id, []), standing.get(each.id), rules)
        for each in facilities.values()
        if each.id in living or each.id in standing
    ]
    return OwnClosures(
        lines=sorted(lines, key=lambda each: str(each.facility.name)),
        history=history,
        facilities=facilities,
        delegates={each.delegation_id: each for each in other_people_from(answer.delegates)},
        law=[each for each in openings_from(answer.law) if each.state is OpeningState.IN_FORCE],
    )


def closed_span_rows(session: ActorSession) -> Select[Any]:
    """When the reader's record was closed to whom: to be fetched in a combined query, and read by `closed_spans_from`."""
    rows: Any = select(Closure.facility_id, Closure.closed_at, ClosureLift.lifted_at)
    joined = rows.outerjoin(ClosureLift, ClosureLift.closure_id == Closure.id)
    own: Select[Any] = joined.where(_own(session, Closure))
    return own


def closed_spans_from(rows: Iterable[Any]) -> list[ClosedSpan]:
    return [ClosedSpan(*row) for row in rows]


def care_before_closing_rows(session: ActorSession) -> Select[Any]:
    """Care of the reader that a closure ended, as `identity.access.queries.care_rows` tells of care: until when it did."""
    rows: Any = select(
        ClosedCare.facility_id,
        ClosedCare.basis,
        ClosedCare.began_at,
        Closure.closed_at,
        ClosedCare.staff_id,
    )
    joined = rows.join(Closure, Closure.id == ClosedCare.closure_id)
    own: Select[Any] = joined.where(
        _own(session, ClosedCare),
        access.basis_is_told(session, ClosedCare.basis),
        ClosedCare.began_at < Closure.closed_at,
    )
    return own


def _own(session: ActorSession, table: Any) -> Any:
    own = table.patient_id == session.actor.patient_id
    return own & access.readable_by(session, Thing.ACCESS_LOG, table.patient_id)


def _selects(session: ActorSession) -> Selects:
    rows: Any = select(
        Closure.id,
        Closure.facility_id,
        Closure.closed_at,
        Closure.delegation_id.label("closed_by"),
        ClosureLift.lifted_at,
        ClosureLift.delegation_id.label("lifted_by"),
    )
    closures = (
        rows.outerjoin(ClosureLift, ClosureLift.closure_id == Closure.id)
        .where(_own(session, Closure))
        .cte("closures")
    )
    care: Any = select(CareRelation.facility_id, CareRelation.basis)
    living = care.where(
        _own(session, CareRelation),
        CareRelation.basis != CareBasis.EMERGENCY,
        access.basis_is_told(session, CareRelation.basis),
        CareRelation.ends_at > func.now(),
    ).cte("living")
    rules = select(ClosingRule.basis, ClosingRule.closable, ClosingRule.basis_en, ClosingRule.basis_ru).where(
        ClosingRule.valid_from <= func.foundation.today(), ClosingRule.valid_to >= func.foundation.today()
    )
    return {
        "closures": select(closures).order_by(closures.c.closed_at.desc()),
        "living": select(living),
        "rules": rules,
        "facilities": facility_rows(union(select(living.c.facility_id), select(closures.c.facility_id))),
        "delegates": delegate_rows(),
        "law": legal_opening_rows(),
    }


_OWN = CombinedQuery(_selects)


def _line(
    facility: FacilityCard,
    living: Sequence[CareBasis],
    closure: ClosureCard | None,
    rules: Mapping[CareBasis, Any],
) -> FacilityLine:
    closable = [basis for basis, row in rules.items() if row.closable]
    held = sorted(set(living), key=list(CareBasis).index)
    return FacilityLine(
        facility=facility,
        state=state_of(held, closed=closure is not None, closable=closable),
        bases=held,
        kept_by=[
            BilingualText(rules[each].basis_en, rules[each].basis_ru)
            for each in held
            if each in rules and each not in closable
        ],
        closure=closure,
    )
