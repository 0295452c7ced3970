"""Retention periods, and requests for erasure: a citizen's own, and for the privacy officer everybody's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, select, true

from foundation.actor import ActorKind
from foundation.clock import today
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.language.bilingual import BilingualText
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.roles import Role
from portal.erasures.enumerations import ErasureState, RetentionKind
from portal.erasures.rules import due_on, is_overdue
from portal.erasures.tables import (
    ErasureItem,
    ErasureRequest,
    ErasureStep,
    ErasureTerm,
    RetentionPeriod,
    WaitingErasure,
)

MOST_SHOWN = 200
NO_REQUEST = "There is no such request."


@dataclass(frozen=True, slots=True)
class Period:
    """For how many years one kind is kept; None: erased when asked for."""

    kind: RetentionKind
    years: int | None
    to_be_confirmed: bool
    basis: BilingualText


@dataclass(frozen=True, slots=True)
class Term:
    """Within how many days the law wants an answer, and by how many that may be lengthened once."""

    days: int
    further_days: int
    basis: BilingualText


@dataclass(frozen=True, slots=True)
class ErasureLine:
    """Until when one kind is kept, as it was told when the person asked."""

    kind: RetentionKind
    kept_until: date | None
    to_be_confirmed: bool
    basis: BilingualText

    @property
    def passed(self) -> bool:
        """Whether its term is over."""
        return self.kept_until is not None and self.kept_until < today()


@dataclass(frozen=True, slots=True)
class ErasureAnswer:
    number: int
    state: ErasureState
    words: str
    erased_count: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ErasureCard:
    """A request with its answers, the oldest first; `due_on` is by when it must be answered as things stand."""

    id: UUID
    number: int
    patient_id: UUID
    words: str
    asked_at: datetime
    first_due_on: date
    further_days: int
    basis: BilingualText
    items: Sequence[ErasureLine]
    answers: Sequence[ErasureAnswer]

    @property
    def state(self) -> ErasureState:
        return self.answers[-1].state if self.answers else ErasureState.RECEIVED

    @property
    def due_on(self) -> date:
        extended = any(each.state is ErasureState.EXTENDED for each in self.answers)
        return due_on(self.first_due_on, days=self.further_days if extended else 0)

    @property
    def overdue(self) -> bool:
        return is_overdue(self.due_on, self.state, today=today())

    @property
    def erasable(self) -> bool:
        """Whether anything of it is erased when asked for."""
        return any(each.kept_until is None for each in self.items)


@dataclass(frozen=True, slots=True)
class Erasures:
    """Requests, the periods of today, and the term of today."""

    requests: Sequence[ErasureCard]
    periods: Sequence[Period]
    term: Term


def own_erasures(session: ActorSession) -> Erasures:
    """The reader's own, the newest first."""
    return _erasures(_OWN.fetch(session))


def waiting_erasures(session: ActorSession) -> Erasures:
    """Those that are not answered, the first that is due first."""
    return _erasures(_WAITING.fetch(session))


def erasure(session: ActorSession, request_id: UUID) -> ErasureCard:
    """One request. Raises NotFound: it is none, or not the reader's."""
    found = _erasures(_ONE.fetch(session, wanted=request_id)).requests
    if not found:
        raise NotFound(NO_REQUEST)
    return found[0]


def retention_periods(session: ActorSession) -> list[Period]:
    """Those in force today, in the order of their kinds."""
    return _periods(session.execute(_period_rows()))


def _readable(session: ActorSession, table: Any) -> ColumnElement[bool]:
    """Citizens read their own, the privacy officer reads all; nobody else reads any."""
    actor = session.actor
    if actor.kind is ActorKind.STAFF and actor.role == Role.PRIVACY_OFFICER:
        return true()
    own: ColumnElement[bool] = table.patient_id == actor.patient_id
    return own & access.readable_by(session, Thing.ACCESS_LOG, table.patient_id) & erasures_are_told(session)


def erasures_are_told(session: ActorSession) -> ColumnElement[bool]:
    """Whether requests are told to the reader: what a child asked who decides alone, and until when what is kept, no parent reads."""
    return false() if session.actor.hidden_labels else true()


def _selects(session: ActorSession, requests: Any) -> Selects:
    of_these = select(requests.c.id)
    items = select(ErasureItem).where(ErasureItem.request_id.in_(of_these), _readable(session, ErasureItem))
    steps = select(ErasureStep).where(ErasureStep.request_id.in_(of_these), _readable(session, ErasureStep))
    return {
        "requests": select(requests),
        "items": select(items.cte("items")),
        "steps": select(steps.order_by(ErasureStep.number).cte("steps")),
        "periods": _period_rows(),
        "terms": select(
            ErasureTerm.days, ErasureTerm.further_days, ErasureTerm.basis_en, ErasureTerm.basis_ru
        )
        .where(
            ErasureTerm.valid_from <= func.foundation.today(), ErasureTerm.valid_to >= func.foundation.today()
        )
        .order_by(ErasureTerm.valid_from.desc())
        .limit(1),
    }


def _period_rows() -> Select[Any]:
    rows: Any = select(
        RetentionPeriod.kind,
        RetentionPeriod.years,
        RetentionPeriod.to_be_confirmed,
        RetentionPeriod.basis_en,
        RetentionPeriod.basis_ru,
    )
    in_force: Select[Any] = rows.where(
        RetentionPeriod.valid_from <= func.foundation.today(),
        RetentionPeriod.valid_to >= func.foundation.today(),
    )
    return in_force


def _own(session: ActorSession) -> Selects:
    rows: Any = select(ErasureRequest).where(
        ErasureRequest.patient_id == session.actor.patient_id, _readable(session, ErasureRequest)
    )
    return _selects(session, rows.order_by(ErasureRequest.number.desc()).limit(MOST_SHOWN).cte("requests"))


def _waiting(session: ActorSession) -> Selects:
    rows: Any = select(ErasureRequest).join(WaitingErasure, WaitingErasure.request_id == ErasureRequest.id)
    waiting = rows.where(_readable(session, ErasureRequest)).order_by(
        WaitingErasure.due_on, ErasureRequest.number
    )
    return _selects(session, waiting.limit(MOST_SHOWN).cte("requests"))


def _one(session: ActorSession, *, wanted: Any) -> Selects:
    rows = select(ErasureRequest).where(ErasureRequest.id == wanted, _readable(session, ErasureRequest))
    return _selects(session, rows.cte("requests"))


_OWN, _WAITING, _ONE = CombinedQuery(_own), CombinedQuery(_waiting), CombinedQuery(_one)


def _erasures(answer: Any) -> Erasures:
    items: dict[UUID, list[ErasureLine]] = {}
    for each in answer.items:
        told = ErasureLine(RetentionKind(each.kind), each.kept_until, each.to_be_confirmed, _basis(each))
        items.setdefault(each.request_id, []).append(told)
    answers: dict[UUID, list[ErasureAnswer]] = {}
    for each in answer.steps:
        step = ErasureAnswer(each.number, ErasureState(each.state), each.words, each.erased_count, each.at)
        answers.setdefault(each.request_id, []).append(step)
    (term,) = answer.terms
    return Erasures(
        requests=list(_cards(answer.requests, items, answers)),
        periods=_periods(answer.periods),
        term=Term(term.days, term.further_days, _basis(term)),
    )


def _cards(
    rows: Iterable[Any],
    items: Mapping[UUID, Sequence[ErasureLine]],
    answers: Mapping[UUID, Sequence[ErasureAnswer]],
) -> Iterable[ErasureCard]:
    for row in rows:
        yield ErasureCard(
            id=row.id,
            number=row.number,
            patient_id=row.patient_id,
            words=row.words,
            asked_at=row.asked_at,
            first_due_on=row.due_on,
            further_days=row.further_days,
            basis=_basis(row),
            items=sorted(items.get(row.id, []), key=lambda each: list(RetentionKind).index(each.kind)),
            answers=sorted(answers.get(row.id, []), key=lambda each: each.number),
        )


def _periods(rows: Iterable[Any]) -> list[Period]:
    found = [Period(RetentionKind(row.kind), row.years, row.to_be_confirmed, _basis(row)) for row in rows]
    return sorted(found, key=lambda each: list(RetentionKind).index(each.kind))


def _basis(row: Any) -> BilingualText:
    return BilingualText(row.basis_en, row.basis_ru)
