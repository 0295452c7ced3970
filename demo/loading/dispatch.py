"""Services, legal terms, slots and referrals: the history and the living queue, with everything that happened to them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from uuid import UUID

from demo.chance import numbered_id
from demo.referrals.history import make_history
from demo.referrals.plan import PlannedReferral, PlannedSlot, Step
from demo.referrals.queue import make_queue
from demo.region import Region
from dispatch_backend.capacity.actions import NewSlot, add_slots
from dispatch_backend.loading.actions.historical_referrals import HistoricalReferral, HistoricalStep
from dispatch_backend.loading.actions.load_referrals import WrittenHistories, load_referrals
from dispatch_backend.services.actions import load_reference
from foundation.database.transactions import ActorSession

Slots = Mapping[int, NewSlot]


@dataclass(frozen=True)
class Dispatch:
    """What is to be loaded: every time on offer, and every referral with all that happened to it."""

    slots: list[NewSlot]
    referrals: list[HistoricalReferral]


def plan_dispatch(region: Region, at: datetime) -> Dispatch:
    """Everything that was dispatched, and what is on offer around that moment."""
    history = make_history(region)
    used = [step.slot for referral in history for step in referral.steps if step.slot]
    queue = make_queue(region, at, first_referral=len(history), first_slot=len(used))
    slots = {each.number: _slot(each) for each in (*used, *queue.slots)}
    return Dispatch(list(slots.values()), [_referral(each, slots) for each in (*history, *queue.referrals)])


def load_dispatch(session: ActorSession, planned: Dispatch, histories: Iterable[WrittenHistories]) -> None:
    """Enter the plan, with the histories of its referrals, portion by portion."""
    load_reference(session)
    add_slots(session, planned.slots)
    load_referrals(session, planned.referrals, care_id=_care_ids(), histories=histories)


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


def _care_ids() -> Callable[[], UUID]:
    numbers = count()
    return lambda: numbered_id("referred", next(numbers))
