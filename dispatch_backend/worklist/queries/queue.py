"""The dispatcher's queue: open referrals in the order in which their legal terms run out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Double, Select, and_, case, func, select, tuple_

from dispatch_backend.bookings.tables import SlotOccupancy
from dispatch_backend.capacity.tables import Slot
from dispatch_backend.referrals.enumerations import BOOKABLE, State
from dispatch_backend.referrals.tables.referrals import Referral
from dispatch_backend.services.enumerations import Priority
from dispatch_backend.services.queries import ServiceCard, service_card, service_rows
from dispatch_backend.services.rules.terms import days_waited
from dispatch_backend.services.tables import Service
from dispatch_backend.worklist.queries.counters import Counters, counter_rows, counters_from
from dispatch_backend.worklist.queries.narrowing import QueueFilter, awaits_visit, conditions
from dispatch_backend.worklist.queries.queue_cursor import Cursor
from dispatch_backend.worklist.rules import Deadline, NextStep, deadline, next_step
from foundation.clock import zone
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.facilities.queries import FacilityCard, facilities_from, facility_rows
from identity.patients.queries.patients import PatientName, patient_name_rows, patient_names_from

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A line of the console."""

    id: UUID
    number: str
    patient: PatientName
    service: BilingualText
    from_facility_id: UUID
    priority: Priority
    state: State
    submitted_at: datetime
    waiting_days: int
    due_on: date
    deadline: Deadline
    next_step: NextStep
    visit_at: datetime | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    rows: Sequence[QueueRow]
    next_cursor: Cursor | None
    counters: Counters
    services: Sequence[ServiceCard]
    facilities: Mapping[UUID, FacilityCard]


def queue(
    session: ActorSession,
    *,
    wanted: QueueFilter,
    at: datetime,
    after: Cursor | None = None,
    limit: int = ON_A_PAGE,
) -> QueuePage:
    """One page, with the numbers and what can be chosen: emergencies without a slot first, then whoever has used most of the
    legal term; whoever only awaits a visit comes last.

    Args:
        at: the moment for which shares are reckoned; further pages keep the moment of the first one,
            so that nobody is skipped while the shares grow.
        after: the place of the last line of the page before.
    """
    moment = after.at if after else at
    values: dict[str, Any] = {"at": at, "moment": moment}
    if after:
        values |= {"priority_class": after.priority_class, "unused": -after.used, "after_id": after.id}
    if wanted.service_code:
        values["service_code"] = wanted.service_code
    if wanted.from_facility_id:
        values["from_facility_id"] = wanted.from_facility_id
    shape = replace(wanted, service_code="", from_facility_id=None)
    answer = QUEUE.fetch(session, shape, limit, **values)
    rows, beyond = answer.rows[:limit], answer.rows[limit:]
    patients = patient_names_from(answer.patients)
    last = rows[-1] if beyond else None
    return QueuePage(
        rows=[_row(row, patients[row.patient_id], at) for row in rows if row.patient_id in patients],
        next_cursor=Cursor(moment, last.priority_class, last.used, last.id) if last else None,
        counters=counters_from(answer.counters),
        services=[service_card(row) for row in answer.services],
        facilities=facilities_from(answer.facilities),
    )


def _queue(session: ActorSession, wanted: QueueFilter, limit: int, **values: Any) -> Selects:
    everything = _open(session).cte("own_open")
    # Whose affair a line is has been asked of all that is open, and is not asked again.
    page = _page(everything.c, wanted, values).limit(limit + 1).cte("page")
    asked: Any = select(
        page,
        Referral.number,
        Referral.patient_id,
        Referral.from_facility_id,
        Referral.priority,
        Referral.state,
        Referral.submitted_at,
        Referral.due_on,
        Referral.due_at,
        Service.name_en,
        Service.name_ru,
        Slot.starts_at,
        Slot.ends_at,
    )
    # Of what has no slot none is sought.
    booked = case((Referral.state == State.BOOKED, Referral.id))
    rows = (
        asked.join(Referral, Referral.id == page.c.id)
        .join(Service, Service.code == Referral.service_code)
        .outerjoin(SlotOccupancy, SlotOccupancy.referral_id == booked)
        .outerjoin(Slot, Slot.id == SlotOccupancy.slot_id)
        .order_by(page.c.priority_class, -page.c.used, page.c.id)
    )
    return {
        "rows": rows,
        "patients": patient_name_rows(session, within=select(page.c.patient_id), readable_as=Thing.REFERRALS),
        "counters": counter_rows(everything.c, values["at"]),
        "services": service_rows(),
        "facilities": facility_rows(),
    }


def _open(session: ActorSession) -> Select[Any]:
    """What is open, gone through once for the page and its numbers; it all stands in the index of open referrals."""
    rows: Any = select(
        Referral.id,
        Referral.patient_id,
        Referral.state,
        Referral.priority,
        Referral.service_code,
        Referral.from_facility_id,
        Referral.submitted_at,
        Referral.due_at,
        Referral.next_action_due,
        Referral.owner_id,
    )
    # First the whole index, then whose affair it is: one by one, from the patients in care, each would be looked up alone.
    everything = (
        rows.where(Referral.open).cte("everything_open").prefix_with("MATERIALIZED", dialect="postgresql")
    )
    asked: Select[Any] = select(everything).where(
        access.readable_by(session, Thing.REFERRALS, everything.c.patient_id)
    )
    return asked


def _page(referrals: Any, wanted: QueueFilter, values: Mapping[str, Any]) -> Select[Any]:
    """Which of them stand on the page."""
    moment = values["moment"]
    used, priority_class = _used_share(referrals, moment), _priority_class(referrals, moment)
    asked: Any = select(
        referrals.id, referrals.patient_id, used.label("used"), priority_class.label("priority_class")
    ).where(*conditions(referrals, wanted, moment, values=values))
    if "after_id" in values:
        place = tuple_(values["priority_class"], values["unused"], values["after_id"])
        asked = asked.where(tuple_(priority_class, -used, referrals.id) > place)
    page: Select[Any] = asked.order_by(priority_class, -used, referrals.id)
    return page


QUEUE = CombinedQuery(_queue)


def _used_share(referrals: Any, moment: Any) -> ColumnElement[Any]:
    """rules.terms.used_share, said in SQL so that the database can sort by it."""
    return _seconds(moment - referrals.submitted_at) / _seconds(referrals.due_at - referrals.submitted_at)


def _seconds(interval: Any) -> ColumnElement[float]:
    # Unlike EXTRACT, which reckons with as many digits as there are: a fifth of the time of a queue of thousands.
    return func.date_part("epoch", interval, type_=Double)


def _priority_class(referrals: Any, moment: Any) -> ColumnElement[int]:
    """Emergencies stand before everything else, however little of their term is used; what has its slot is no longer pressing."""
    waits = referrals.state.in_(BOOKABLE)
    return case(
        (and_(waits, referrals.priority == Priority.EMERGENCY), 0),
        (awaits_visit(referrals, moment), 2),
        else_=1,
    )


def _row(row: Any, patient: PatientName, at: datetime) -> QueueRow:
    return QueueRow(
        id=row.id,
        number=row.number,
        patient=patient,
        service=BilingualText(row.name_en, row.name_ru),
        from_facility_id=row.from_facility_id,
        priority=row.priority,
        state=row.state,
        submitted_at=row.submitted_at,
        waiting_days=days_waited(row.submitted_at, at, zone()),
        due_on=row.due_on,
        deadline=deadline(
            submitted_at=row.submitted_at,
            due_on=row.due_on,
            due_at=row.due_at,
            visit_ends_at=row.ends_at,
            at=at,
            zone=zone(),
        ),
        next_step=next_step(row.state, visit_ends_at=row.ends_at, at=at),
        visit_at=row.starts_at,
    )
