"""Slots and referrals: the history and the living queue, with everything that happened to them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from uuid import UUID

from demo.chance import numbered_id
from demo.equipment import told_equipment, told_expenses
from demo.loading.history import WrittenHistory, kept_history
from demo.referrals.history import make_history
from demo.referrals.plan import PlannedReferral, PlannedSlot, Step
from demo.referrals.queue import make_queue
from demo.region import Region
from demo.routing import told_licences, told_orders, told_ways
from dispatch_backend.capacity.actions import NewSlot, enter_slots, write_slots
from dispatch_backend.loading.actions.historical_care import historical_care
from dispatch_backend.loading.actions.historical_referrals import HistoricalReferral, HistoricalStep
from dispatch_backend.loading.actions.load_referrals import (
    enter_referrals,
    load_referrals,
    portions_of,
    write_referrals,
)
from dispatch_backend.loading.actions.rows import Terms
from dispatch_backend.programme.actions import enter_equipment, enter_expenses
from dispatch_backend.routing.actions.orders import enter_route_orders
from dispatch_backend.routing.actions.registers import enter_capabilities, enter_travel_times
from dispatch_backend.services.actions import calendar_rows, load_reference, service_rows, term_rows
from foundation.database.bulk import WrittenRows
from foundation.database.transactions import ActorSession
from identity.access.actions import enter_care, write_care

Slots = Mapping[int, NewSlot]


@dataclass(frozen=True)
class PlannedDispatch:
    """Everything that was dispatched, and what is on offer around one moment, under those terms."""

    terms: Terms
    history: WrittenHistory
    slots: WrittenRows
    waiting: list[HistoricalReferral]


def plan_dispatch(region: Region, at: datetime, terms: Terms) -> PlannedDispatch:
    """Plan it around that moment. No database is needed."""
    history = kept_history(region, terms) or write_history(region, terms)
    queue = make_queue(region, at, first_referral=history.referrals, first_slot=history.slots_used)
    slots = {each.number: _slot(each) for each in queue.slots}
    waiting = [_referral(each, slots) for each in queue.referrals]
    return PlannedDispatch(terms, history, write_slots(list(slots.values())), waiting)


def load_dispatch(session: ActorSession, region: Region, planned: PlannedDispatch, at: datetime) -> int:
    """Enter it; how many referrals there are."""
    load_reference(session, term_id=_term_ids())
    enter_travel_times(session, list(told_ways(region)))
    enter_equipment(session, list(told_equipment(region)))
    enter_expenses(session, told_expenses())
    enter_route_orders(session, told_orders(region))
    enter_capabilities(session, told_licences(region))
    terms = Terms.known(session)
    if terms.ids != planned.terms.ids:
        # Somebody has entered the terms before, under names of their own, or other working days.
        planned = plan_dispatch(region, at, terms)
    history = planned.history
    enter_slots(session, history.slots)
    enter_slots(session, planned.slots)
    enter_care(session, history.care)
    for portion in history.portions:
        enter_referrals(session, portion)
    load_referrals(session, planned.waiting, care_id=_care_ids(after=history.care_relations))
    return history.referrals + len(planned.waiting)


def usual_terms() -> Terms:
    """The legal terms as a new demo region knows them."""
    return Terms.of_rows(service_rows(), term_rows(term_id=_term_ids()), calendar_rows())


def write_history(region: Region, terms: Terms) -> WrittenHistory:
    """Everything that was dispatched in the programme's first years, written out for the database."""
    history = make_history(region)
    used = [step.slot for referral in history for step in referral.steps if step.slot]
    slots = {each.number: _slot(each) for each in used}
    referrals = [_referral(each, slots) for each in history]
    center_id = region.facilities[0].id
    care = historical_care(referrals, center_id=center_id, care_id=_care_ids())
    return WrittenHistory(
        referrals=len(referrals),
        slots_used=len(used),
        care_relations=len(care),
        slots=write_slots(list(slots.values())),
        care=write_care(care),
        portions=tuple(
            # All of them bear the numbers of their years.
            write_referrals(portion, numbers=(), terms=terms, center_id=center_id)
            for portion in portions_of(referrals)
        ),
    )


def _term_ids() -> Callable[[], UUID]:
    """The identifiers of the legal terms, in the order of their table."""
    numbers = count()
    return lambda: numbered_id("term", next(numbers))


def _slot(planned: PlannedSlot) -> NewSlot:
    return NewSlot(
        service_code=planned.offer.service_code,
        facility_id=planned.offer.facility.id,
        resource=planned.offer.resource,
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        id=numbered_id("slot", planned.number),
    )


def _referral(planned: PlannedReferral, slots: Slots) -> HistoricalReferral:
    return HistoricalReferral(
        patient_id=planned.patient.id,
        service_code=planned.service_code,
        reason=planned.reason,
        diagnosis_code=planned.diagnosis_code,
        priority=planned.priority,
        steps=[_step(each, slots) for each in planned.steps],
        id=numbered_id("referral", planned.number),
        running_number=planned.running,
    )


def _step(planned: Step, slots: Slots) -> HistoricalStep:
    slot = planned.slot
    return HistoricalStep(
        act=planned.act,
        at=planned.at,
        role=planned.by.role,
        staff_id=planned.by.id,
        facility_id=planned.by.facility.id,
        reason=planned.reason,
        slot=slots[slot.number] if slot else None,
        booking_id=numbered_id("booking", slot.number) if slot else None,
    )


def _care_ids(*, after: int = 0) -> Callable[[], UUID]:
    numbers = count(after)
    return lambda: numbered_id("referred", next(numbers))
