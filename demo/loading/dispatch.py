"""Services, legal terms, slots and referrals: the history and the living queue, with everything that happened to them.

dispatch_backend.actions.load_referrals does the same one person after the other; a first start cannot wait for 14,000.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from demo.chance import numbered_id
from demo.loading.bulk import Row, add_audit_rows, add_rows, audit_row
from demo.referrals.history import make_history
from demo.referrals.plan import PlannedReferral, PlannedSlot, Step
from demo.referrals.queue import make_queue
from demo.region import Region
from dispatch_backend.actions import load_reference
from dispatch_backend.rules.history import BEGINNING, Event, digest
from dispatch_backend.rules.kinds import Priority, ServiceKind
from dispatch_backend.rules.numbers import referral_number
from dispatch_backend.rules.states import Act, State, next_state
from dispatch_backend.rules.terms import end_of, last_day
from dispatch_backend.rules.worklist import standing
from dispatch_backend.tables import (
    Booking,
    BookingCancellation,
    BookingOutcome,
    Outcome,
    Referral,
    ReferralEvent,
    Service,
    Slot,
    SlotOccupancy,
    WaitingTerm,
)
from foundation.clock import zone
from identity.rules.care import CareBasis
from identity.tables import CareRelation

_OUTCOMES = {Act.SERVED: Outcome.SERVED, Act.MISSED: Outcome.NO_SHOW}


def load_dispatch(session: Session, region: Region, at: datetime) -> int:
    """Enter everything that was dispatched, and what is on offer around that moment; how many referrals."""
    load_reference(session)
    history = make_history(region)
    used = [step.slot for referral in history for step in referral.steps if step.slot]
    queue = make_queue(region, at, first_referral=len(history), first_slot=len(used))
    add_rows(session, Slot, [_slot(each) for each in (*used, *queue.slots)])
    rows = _Rows(_Terms(session), region.facilities[0].id)
    for referral in history:
        rows.add(referral, referral.running)
    for referral, running in zip(queue.referrals, _numbers(session, len(queue.referrals)), strict=True):
        rows.add(referral, running)
    rows.write(session)
    return len(history) + len(queue.referrals)


def _numbers(session: Session, how_many: int) -> Iterable[int]:
    """Numbers of this year come from the sequence that the dispatchers' own referrals go on with."""
    drawn = select(func.nextval("dispatch.referral_number")).select_from(func.generate_series(1, how_many))
    return session.scalars(drawn).all()


def _slot(planned: PlannedSlot) -> Row:
    return {
        "id": numbered_id("slot", planned.number),
        "service_code": planned.offer.service_code,
        "facility_id": planned.offer.facility.id,
        "resource_en": planned.offer.resource.en,
        "resource_ru": planned.offer.resource.ru,
        "starts_at": planned.starts_at,
        "ends_at": planned.ends_at,
    }


class _Terms:
    """The legal term of a service on a day, and the day on which it ends."""

    def __init__(self, session: Session) -> None:
        kinds = session.execute(select(Service.code, Service.kind))
        self._kinds: dict[str, ServiceKind] = {code: kind for code, kind in kinds}
        self._laws = session.scalars(select(WaitingTerm).order_by(WaitingTerm.valid_from.desc())).all()
        self._known: dict[tuple[ServiceKind, Priority, date], tuple[UUID, date]] = {}

    def of(self, referral: PlannedReferral) -> tuple[UUID, date]:
        sent_on = referral.submitted_at.astimezone(zone()).date()
        key = (self._kinds[referral.service_code], referral.priority, sent_on)
        if key not in self._known:
            law = next(
                each
                for each in self._laws
                if (each.service_kind, each.priority) == key[:2]
                and each.valid_from <= sent_on <= each.valid_to
            )
            self._known[key] = law.id, last_day(sent_on, length=law.length, unit=law.unit)
        return self._known[key]


class _Rows:
    """The rows of all referrals, gathered so that each table is written in one go."""

    def __init__(self, terms: _Terms, center_id: UUID) -> None:
        self._terms = terms
        self._center_id = center_id
        self._care: dict[tuple[UUID, UUID], datetime] = {}
        self._audit: list[Row] = []
        self._referrals: list[Row] = []
        self._events: list[Row] = []
        self._bookings: list[Row] = []
        self._cancellations: list[Row] = []
        self._outcomes: list[Row] = []
        self._occupancies: list[Row] = []

    def add(self, referral: PlannedReferral, running: int) -> None:
        referral_id, patient_id = numbered_id("referral", referral.number), referral.patient.id
        self._add_referral(referral, referral_id, running)
        self._care.setdefault((patient_id, self._center_id), referral.submitted_at)
        state: State | None = None
        previous = BEGINNING
        for seq, step in enumerate(referral.steps, start=1):
            event = _event(referral_id, patient_id, seq, state, step, previous)
            state, previous = event.to_state, digest(event)
            self._events.append(_event_row(event, previous))
            if step.slot:
                self._add_booking(referral_id, patient_id, step, step.slot)
                after = referral.steps[seq] if seq < len(referral.steps) else None
                self._end_booking(referral_id, patient_id, step.slot, after)
        self._audit.append(
            audit_row(
                act="referral.loaded", patient_id=patient_id, object_kind="referral", object_id=referral_id
            )
        )

    def write(self, session: Session) -> None:
        care = [
            {
                "id": numbered_id("referred", number),
                "patient_id": patient_id,
                "facility_id": facility_id,
                "basis": CareBasis.REFERRAL,
                "began_at": began_at,
            }
            for number, ((patient_id, facility_id), began_at) in enumerate(self._care.items())
        ]
        add_rows(session, CareRelation, care)
        add_rows(session, Referral, self._referrals)
        add_rows(session, ReferralEvent, self._events)
        add_rows(session, Booking, self._bookings)
        add_rows(session, BookingCancellation, self._cancellations)
        add_rows(session, BookingOutcome, self._outcomes)
        add_rows(session, SlotOccupancy, self._occupancies)
        add_audit_rows(session, self._audit)

    def _add_referral(self, referral: PlannedReferral, referral_id: UUID, running: int) -> None:
        term_id, due_on = self._terms.of(referral)
        due_at, slot = end_of(due_on, zone()), referral.booked_slot
        stands = standing(
            referral.state,
            center_id=self._center_id,
            due_at=due_at,
            visit=(slot.offer.facility.id, slot.ends_at) if slot else None,
            at=referral.steps[-1].at,
        )
        self._referrals.append(
            {
                "id": referral_id,
                "number": referral_number(referral.submitted_at.year, running),
                "patient_id": referral.patient.id,
                "from_facility_id": referral.referrer.facility.id,
                "referrer_id": referral.referrer.id,
                "service_code": referral.service_code,
                "reason": referral.reason,
                "diagnosis_code": referral.diagnosis_code,
                "priority": referral.priority,
                "submitted_at": referral.submitted_at,
                "due_on": due_on,
                "due_at": due_at,
                "waiting_term_id": term_id,
                "state": referral.state,
                "version": len(referral.steps),
                "owner_id": stands.owner_id,
                "next_action_due": stands.act_by,
            }
        )

    def _add_booking(self, referral_id: UUID, patient_id: UUID, step: Step, slot: PlannedSlot) -> None:
        self._care.setdefault((patient_id, slot.offer.facility.id), step.at)
        self._bookings.append(
            {
                "id": numbered_id("booking", slot.number),
                "referral_id": referral_id,
                "patient_id": patient_id,
                "slot_id": numbered_id("slot", slot.number),
                "booked_at": step.at,
                "booked_by": step.by.id,
            }
        )

    def _end_booking(
        self, referral_id: UUID, patient_id: UUID, slot: PlannedSlot, after: Step | None
    ) -> None:
        """What followed the booking ended it; where nothing did, it holds its slot."""
        booking_id = numbered_id("booking", slot.number)
        ended: Row = {"booking_id": booking_id, "patient_id": patient_id}
        if after is None:
            held = {"slot_id": numbered_id("slot", slot.number), "starts_at": slot.starts_at}
            self._occupancies.append({**held, **ended, "referral_id": referral_id})
        elif after.act in _OUTCOMES:
            told = {"outcome": _OUTCOMES[after.act], "recorded_at": after.at, "recorded_by": after.by.id}
            self._outcomes.append({**ended, **told})
        else:
            told = {"reason": after.reason, "cancelled_at": after.at, "cancelled_by": after.by.id}
            self._cancellations.append({**ended, **told})


def _event(
    referral_id: UUID, patient_id: UUID, seq: int, state: State | None, step: Step, previous: str
) -> Event:
    role = step.by.role.value
    return Event(
        referral_id=referral_id,
        seq=seq,
        patient_id=patient_id,
        from_state=state,
        to_state=next_state(state, step.act, role),
        act=step.act,
        actor_role=role,
        actor_staff_id=step.by.id,
        actor_facility_id=step.by.facility.id,
        at=step.at,
        reason=step.reason,
        previous_sha256=previous,
    )


def _event_row(event: Event, sha256: str) -> Row:
    return {
        "referral_id": event.referral_id,
        "seq": event.seq,
        "patient_id": event.patient_id,
        "from_state": event.from_state or "",
        "to_state": event.to_state,
        "act": event.act,
        "actor_role": event.actor_role,
        "actor_staff_id": event.actor_staff_id,
        "actor_facility_id": event.actor_facility_id,
        "at": event.at,
        "reason": event.reason,
        "previous_sha256": event.previous_sha256,
        "sha256": sha256,
    }
