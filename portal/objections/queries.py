"""Cases about accesses: a citizen's own, and for the privacy officer everybody's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select, true, union

from dispatch_backend.referrals.enumerations import FORMER_ACTS
from foundation.actor import ActorKind
from foundation.clock import today
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.language.bilingual import BilingualText
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.emergencies.queries import waiting_count
from identity.facilities.queries import FacilityCard, facilities_from, facility_rows
from identity.legal_openings.queries import legal_opening_rows, openings_from
from identity.roles import Role
from identity.staff.queries import StaffCard, staff_from, staff_rows
from portal.access_log.queries import act_is_told
from portal.notices.queries import notice_is_told
from portal.notices.rules import NoticeKind
from portal.notices.tables import Notice
from portal.objections.enumerations import ObjectionState
from portal.objections.rules import is_overdue
from portal.objections.tables import BY_LAW, AnswerTerm, Objection, ObjectionStep, WaitingObjection

MOST_SHOWN = 200
NO_CASE = "There is no such case."


@dataclass(frozen=True, slots=True)
class Term:
    """How many days the law leaves for an answer, and which law."""

    days: int
    basis: BilingualText


@dataclass(frozen=True, slots=True)
class Answer:
    """What the privacy officer answered, and what follows from it."""

    number: int
    state: ObjectionState
    words: str
    staff_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ObjectionCard:
    """A case with its answers, the oldest first; see `portal.objections.tables.Objection`."""

    id: UUID
    number: int
    patient_id: UUID
    audit_event_id: int
    accessed_at: datetime
    staff_id: UUID | None
    facility_id: UUID | None
    role: str
    act: str
    reason: str
    care_bases: Sequence[str]
    words: str
    raised_at: datetime
    due_on: date
    basis: BilingualText
    answers: Sequence[Answer]

    @property
    def state(self) -> ObjectionState:
        return self.answers[-1].state if self.answers else ObjectionState.RECEIVED

    @property
    def overdue(self) -> bool:
        return is_overdue(self.due_on, self.state, today=today())


@dataclass(frozen=True, slots=True)
class Objections:
    """Cases, and the people and places that they name; on the officer's first page, how many emergencies wait for a verdict.

    `law` is the basis of each opening by law, by its word among the bases of a case.
    """

    cases: Sequence[ObjectionCard]
    staff: Mapping[UUID, StaffCard]
    facilities: Mapping[UUID, FacilityCard]
    law: Mapping[str, BilingualText]
    emergencies_waiting: int = 0


def term_on(session: ActorSession, day: date) -> Term:
    """The term for a case that is raised on that day."""
    row = session.execute(
        select(AnswerTerm.days, AnswerTerm.basis_en, AnswerTerm.basis_ru)
        .where(AnswerTerm.valid_from <= day, AnswerTerm.valid_to >= day)
        .order_by(AnswerTerm.valid_from.desc())
        .limit(1)
    ).one()
    return Term(row.days, BilingualText(row.basis_en, row.basis_ru))


def own_objections(session: ActorSession) -> Objections:
    """The reader's own, the newest first."""
    return _objections(OWN.fetch(session))


def objection_about(session: ActorSession, audit_event_id: int) -> UUID | None:
    """The reader's own case about this act."""
    own = _readable(session, Objection)
    return session.scalar(select(Objection.id).where(own, Objection.audit_event_id == audit_event_id))


def waiting_objections(session: ActorSession) -> Objections:
    """Cases that are not closed, the first that is due first."""
    answer = WAITING.fetch(session)
    (counted,) = answer.emergencies
    return replace(_objections(answer), emergencies_waiting=counted.waiting)


def objection(session: ActorSession, objection_id: UUID) -> Objections:
    """One case. Raises NotFound: it is none, or not the reader's."""
    found = _objections(ONE.fetch(session, wanted=objection_id))
    if not found.cases:
        raise NotFound(NO_CASE)
    return found


def _readable(session: ActorSession, table: Any) -> ColumnElement[bool]:
    """Citizens read their own, the privacy officer reads all; nobody else reads any."""
    actor = session.actor
    if actor.kind is ActorKind.STAFF and actor.role == Role.PRIVACY_OFFICER:
        return true()
    own: ColumnElement[bool] = table.patient_id == actor.patient_id
    identifier = table.id if table is Objection else table.objection_id
    told = objection_is_told(session, identifier)
    return own & access.readable_by(session, Thing.ACCESS_LOG, table.patient_id) & told


def objection_is_told(session: ActorSession, objection_id: Any) -> ColumnElement[bool]:
    """That the case which a column names is about an act that stands in the reader's list; a parent's may leave some out."""
    if not session.actor.hidden_labels:
        return true()
    told: Select[Any] = select(Objection.id).where(act_is_told(session, Objection.audit_event_id))
    return objection_id.in_(told)  # type: ignore[no-any-return]  # of any table


def news_are_told(session: ActorSession) -> ColumnElement[bool]:
    """That a notice leads to something that the reader may read: neither of an entry nor of a case that is closed to a parent."""
    of_case: ColumnElement[bool] = Notice.kind == NoticeKind.OBJECTION
    return notice_is_told(session) & or_(~of_case, objection_is_told(session, Notice.object_id))


def _selects(session: ActorSession, cases: Any) -> Selects:
    steps = (
        select(ObjectionStep)
        .where(ObjectionStep.objection_id.in_(select(cases.c.id)), _readable(session, ObjectionStep))
        .cte("steps")
    )
    return {
        "cases": select(cases),
        "steps": select(steps).order_by(steps.c.objection_id, steps.c.number),
        "staff": staff_rows(union(select(cases.c.staff_id), select(steps.c.staff_id))),
        "facilities": facility_rows(select(cases.c.facility_id)),
        "law": legal_opening_rows(),
    }


def _own(session: ActorSession) -> Selects:
    rows: Any = select(Objection).where(
        Objection.patient_id == session.actor.patient_id, _readable(session, Objection)
    )
    return _selects(session, rows.order_by(Objection.number.desc()).limit(MOST_SHOWN).cte("cases"))


def _waiting(session: ActorSession) -> Selects:
    rows: Select[Any] = (
        select(Objection)
        .join(WaitingObjection, WaitingObjection.objection_id == Objection.id)
        .where(_readable(session, Objection))
        .order_by(WaitingObjection.due_on, Objection.number)
        .limit(MOST_SHOWN)
    )
    return {**_selects(session, rows.cte("cases")), "emergencies": waiting_count(session)}


def _one(session: ActorSession, *, wanted: Any) -> Selects:
    rows = select(Objection).where(Objection.id == wanted, _readable(session, Objection))
    return _selects(session, rows.cte("cases"))


OWN = CombinedQuery(_own)
WAITING = CombinedQuery(_waiting)
ONE = CombinedQuery(_one)


def _objections(answer: Any) -> Objections:
    answers: dict[UUID, list[Answer]] = {}
    for each in answer.steps:
        told = Answer(each.number, ObjectionState(each.state), each.words, each.staff_id, each.at)
        answers.setdefault(each.objection_id, []).append(told)
    return Objections(
        cases=list(_cards(answer.cases, answers)),
        staff=staff_from(answer.staff),
        facilities=facilities_from(answer.facilities),
        law={f"{BY_LAW}{each.id}": each.basis for each in openings_from(answer.law)},
    )


def _cards(rows: Iterable[Any], answers: Mapping[UUID, Sequence[Answer]]) -> Iterable[ObjectionCard]:
    for row in rows:
        yield ObjectionCard(
            id=row.id,
            number=row.number,
            patient_id=row.patient_id,
            audit_event_id=row.audit_event_id,
            accessed_at=row.accessed_at,
            staff_id=row.staff_id,
            facility_id=row.facility_id,
            role=row.role,
            act=FORMER_ACTS.get(row.act, row.act),
            reason=row.reason,
            care_bases=row.care_bases,
            words=row.words,
            raised_at=row.raised_at,
            due_on=row.due_on,
            basis=BilingualText(row.basis_en, row.basis_ru),
            answers=answers.get(row.id, []),
        )
