"""The dispatcher's queue: open referrals in the order in which their legal terms run out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Double, Select, and_, case, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import TIMESTAMP

from dispatch_backend.queries.queue_places import Place
from dispatch_backend.rules.kinds import Priority
from dispatch_backend.rules.states import BOOKABLE, OPEN, State
from dispatch_backend.rules.terms import Pressure, pressure
from dispatch_backend.rules.worklist import NextStep, next_step
from dispatch_backend.tables import Referral, Service, Slot, SlotOccupancy
from foundation.bilingual import BilingualText
from foundation.database import ActorSession
from identity.queries import PatientCard, access, patient_cards

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What the dispatcher wants to see; empty means everything open."""

    service_code: str = ""
    priority: Priority | None = None
    from_facility_id: UUID | None = None
    step: NextStep | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A line of the console. `used` is the used share of the referral's own legal term."""

    id: UUID
    number: str
    patient: PatientCard
    service: BilingualText
    from_facility_id: UUID
    priority: Priority
    state: State
    submitted_at: datetime
    waiting_days: int
    due_on: date
    used: float
    pressure: Pressure
    next_step: NextStep
    visit_at: datetime | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    rows: Sequence[QueueRow]
    following: Place | None


def queue(
    session: ActorSession,
    *,
    wanted: QueueFilter,
    at: datetime,
    after: Place | None = None,
    limit: int = ON_A_PAGE,
) -> QueuePage:
    """One page: emergencies first, then whoever has used most of the legal term.

    Args:
        at: the moment for which shares are reckoned; further pages keep the moment of the first one,
            so that nobody is skipped while the shares grow.
        after: the place of the last line of the page before.
    """
    moment = after.at if after else at
    used, later_class = _used(moment), _later_class()
    asked = _open_referrals(session, wanted, moment).add_columns(
        used.label("used"), later_class.label("later_class")
    )
    if after:
        asked = asked.where(
            tuple_(later_class, -used, Referral.id)
            > tuple_(literal(after.later_class), literal(-after.used, Double), literal(after.id))
        )
    found = session.execute(asked.order_by(later_class, -used, Referral.id).limit(limit + 1)).all()
    rows, beyond = found[:limit], found[limit:]
    patients = patient_cards(session, [row.Referral.patient_id for row in rows])
    last = rows[-1] if beyond else None
    return QueuePage(
        rows=[
            _row(row, patients[row.Referral.patient_id], at)
            for row in rows
            if row.Referral.patient_id in patients
        ],
        following=Place(moment, last.later_class, last.used, last.Referral.id) if last else None,
    )


def _open_referrals(
    session: ActorSession, wanted: QueueFilter, at: datetime
) -> Select[Referral, Service, Slot | None]:
    asked = (
        select(Referral, Service, Slot)
        .join(Service, Service.code == Referral.service_code)
        .outerjoin(SlotOccupancy, SlotOccupancy.referral_id == Referral.id)
        .outerjoin(Slot, Slot.id == SlotOccupancy.slot_id)
        .where(Referral.state.in_(OPEN))
        .where(access.readable_by(session, Referral.patient_id))
    )
    if wanted.service_code:
        asked = asked.where(Referral.service_code == wanted.service_code)
    if wanted.priority:
        asked = asked.where(Referral.priority == wanted.priority)
    if wanted.from_facility_id:
        asked = asked.where(Referral.from_facility_id == wanted.from_facility_id)
    if wanted.step:
        asked = asked.where(_needs(wanted.step, at))
    if wanted.overdue:
        asked = asked.where(Referral.due_at <= at)
    return asked


def _needs(step: NextStep, at: datetime) -> ColumnElement[bool]:
    return {
        NextStep.BOOK: Referral.state == State.SUBMITTED,
        NextStep.BOOK_AGAIN: Referral.state == State.NO_SHOW,
        NextStep.AWAIT_VISIT: and_(Referral.state == State.BOOKED, Slot.ends_at > at),
        NextStep.RECORD_OUTCOME: and_(Referral.state == State.BOOKED, Slot.ends_at <= at),
    }.get(step, Referral.state.in_(BOOKABLE))


def _used(at: datetime) -> ColumnElement[Any]:
    """rules.terms.used_share, said in SQL so that the database can sort by it."""
    moment = literal(at, TIMESTAMP(timezone=True))
    gone = func.extract("epoch", moment - Referral.submitted_at)
    term = func.extract("epoch", Referral.due_at - Referral.submitted_at)
    return gone.cast(Double) / term.cast(Double)


def _later_class() -> ColumnElement[int]:
    """Emergencies stand before everything else, however little of their term is used."""
    return case((Referral.priority == Priority.EMERGENCY, 0), else_=1)


def _row(row: Any, patient: PatientCard, at: datetime) -> QueueRow:
    referral, service, slot = row.Referral, row.Service, row.Slot
    return QueueRow(
        id=referral.id,
        number=referral.number,
        patient=patient,
        service=BilingualText(service.name_en, service.name_ru),
        from_facility_id=referral.from_facility_id,
        priority=referral.priority,
        state=referral.state,
        submitted_at=referral.submitted_at,
        waiting_days=(at - referral.submitted_at).days,
        due_on=referral.due_on,
        used=row.used,
        pressure=pressure(row.used),
        next_step=next_step(referral.state, visit_ends_at=slot.ends_at if slot else None, at=at),
        visit_at=slot.starts_at if slot else None,
    )
