"""Services, legal terms, slots and referrals: the history and the living queue, with everything that happened to them."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import count
from uuid import UUID

from demo.chance import numbered_id
from demo.referrals.history import make_history
from demo.referrals.plan import PlannedReferral, PlannedSlot, Step
from demo.referrals.queue import make_queue
from demo.region import Region
from dispatch_backend.actions import (
    NewSlot,
    PastReferral,
    PastStep,
    add_slots,
    load_reference,
    load_referrals,
)
from foundation.database import ActorSession

Slots = Mapping[int, NewSlot]


def load_dispatch(session: ActorSession, region: Region, at: datetime) -> int:
    """Enter everything that was dispatched, and what is on offer around that moment; how many referrals."""
    load_reference(session)
    history = make_history(region)
    used = [step.slot for referral in history for step in referral.steps if step.slot]
    queue = make_queue(region, at, first_referral=len(history), first_slot=len(used))
    slots = {each.number: _slot(each) for each in (*used, *queue.slots)}
    with ThreadPoolExecutor(max_workers=1) as writer:
        # Nothing else uses the session until the slots are there.
        offered = writer.submit(add_slots, session, list(slots.values()))
        referrals = [_referral(each, slots) for each in (*history, *queue.referrals)]
        offered.result()
    load_referrals(session, referrals, care_id=_care_ids())
    return len(referrals)


def _slot(planned: PlannedSlot) -> NewSlot:
    return NewSlot(
        service_code=planned.offer.service_code,
        facility_id=planned.offer.facility.id,
        resource=planned.offer.resource,
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        id=numbered_id("slot", planned.number),
    )


def _referral(planned: PlannedReferral, slots: Slots) -> PastReferral:
    return PastReferral(
        patient_id=planned.patient.id,
        service_code=planned.service_code,
        reason=planned.reason,
        diagnosis_code=planned.diagnosis_code,
        priority=planned.priority,
        steps=[_step(each, slots) for each in planned.steps],
        id=numbered_id("referral", planned.number),
        running=planned.running,
    )


def _step(planned: Step, slots: Slots) -> PastStep:
    slot = planned.slot
    return PastStep(
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
