"""Entering slots and referrals in bulk, with all that happened to them: for loaders and the demo region.

The database holds this history to the same rules as the one that people make by working.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from dispatch_backend.actions.referrals import next_numbers
from dispatch_backend.actions.steps import center_id, event_row
from dispatch_backend.queries.services import services, term_in_force
from dispatch_backend.rules.history import BEGINNING, Event, sealed
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
    Slot,
    SlotOccupancy,
    WaitingTerm,
)
from foundation import audit
from foundation.clock import zone
from foundation.identifiers import new_id
from foundation.language import Text
from identity.actions import CareBasis, begin_care

TermKey = tuple[ServiceKind, Priority, date]


@dataclass(frozen=True, slots=True)
class NewSlot:
    """A time at a doctor, room or device."""

    service_code: str
    facility_id: UUID
    resource: Text
    starts_at: datetime
    ends_at: datetime
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class PastStep:
    """One act on a referral. `slot_id` only where it books; the slot must have been added before."""

    act: Act
    at: datetime
    role: str
    staff_id: UUID
    facility_id: UUID
    slot_id: UUID | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PastReferral:
    """A referral with its steps, the first of which sends it."""

    patient_id: UUID
    service_code: str
    reason: str
    diagnosis_code: str
    priority: Priority
    steps: Sequence[PastStep]
    id: UUID = field(default_factory=new_id)


def add_slots(session: Session, slots: Sequence[NewSlot]) -> None:
    """Offer these times; for loaders."""
    if not slots:
        return
    session.connection().execute(
        insert(Slot),
        [
            {
                "id": each.id,
                "service_code": each.service_code,
                "facility_id": each.facility_id,
                "resource_en": each.resource.en,
                "resource_ru": each.resource.ru,
                "starts_at": each.starts_at,
                "ends_at": each.ends_at,
                "taken": False,
            }
            for each in slots
        ],
    )


def load_referrals(session: Session, referrals: Sequence[PastReferral]) -> list[UUID]:
    """Enter referrals with their whole history; for loaders. Nothing is announced: it is no news.

    Raises:
        RuleBroken, NotAllowed: a step that the rules do not allow.
        RuleBroken: no legal term was in force on the day of a sending.
    """
    if not referrals:
        return []
    rows = _Rows(session)
    numbers = next_numbers(session, len(referrals))
    slots = _slots_of(session, referrals)
    for past, running in zip(referrals, numbers, strict=True):
        rows.add(past, running, slots)
    rows.write(session)
    patients = sorted({past.patient_id for past in referrals})
    for patient_id, facility_id in sorted(rows.cared_for):
        begin_care(session, patient_id=patient_id, facility_id=facility_id, basis=CareBasis.REFERRAL)
    for patient_id in patients:
        audit.record(session, act="referral.loaded", patient_id=patient_id, object_kind="referral")
    return [past.id for past in referrals]


class _Rows:
    """The rows of a load, gathered so that each table is written in one go."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._center_id = center_id(session)
        self._kinds = {each.code: each.kind for each in services(session)}
        self._terms: dict[TermKey, tuple[WaitingTerm, date]] = {}
        self._of: dict[Any, list[dict[str, Any]]] = {
            table: []
            for table in (
                Referral,
                ReferralEvent,
                Booking,
                BookingCancellation,
                BookingOutcome,
                SlotOccupancy,
            )
        }
        self.cared_for: set[tuple[UUID, UUID]] = set()

    def add(self, past: PastReferral, running: int, slots: dict[UUID, Slot]) -> None:
        state: State | None = None
        previous = BEGINNING
        live: dict[str, Any] | None = None
        self.cared_for.add((past.patient_id, self._center_id))
        for seq, step in enumerate(past.steps, start=1):
            event = _event(past, step, seq, state)
            chained = sealed(event, previous=previous)
            self._of[ReferralEvent].append(event_row(chained))
            state, previous = chained.to_state, chained.sha256
            if live:
                self._end(past, step, live)
            live = self._booked(past, step, slots) if step.act is Act.BOOKED else None
        if state is None:
            raise ValueError(f"referral {past.id} has no steps")
        slot = slots[live["slot_id"]] if live else None
        if live and slot:
            self._occupy(live, slot)
        self._refer(past, running, state, slot)

    def write(self, session: Session) -> None:
        for table, rows in self._of.items():
            if rows:
                session.connection().execute(insert(table).inline(), rows)

    def _booked(self, past: PastReferral, step: PastStep, slots: dict[UUID, Slot]) -> dict[str, Any]:
        if step.slot_id is None:
            raise ValueError(f"referral {past.id} is booked without a slot")
        booking = {
            "id": new_id(),
            "referral_id": past.id,
            "patient_id": past.patient_id,
            "slot_id": step.slot_id,
            "booked_at": step.at,
            "booked_by": step.staff_id,
        }
        self._of[Booking].append(booking)
        self.cared_for.add((past.patient_id, slots[step.slot_id].facility_id))
        return booking

    def _end(self, past: PastReferral, step: PastStep, live: dict[str, Any]) -> None:
        """Whatever follows a booking ends it."""
        end: dict[str, Any] = {"booking_id": live["id"], "patient_id": past.patient_id}
        if step.act in (Act.SERVED, Act.MISSED):
            outcome = Outcome.SERVED if step.act is Act.SERVED else Outcome.NO_SHOW
            end |= {"outcome": outcome, "recorded_at": step.at, "recorded_by": step.staff_id}
            self._of[BookingOutcome].append(end)
        else:
            reason = step.reason or step.act.value
            end |= {"reason": reason, "cancelled_at": step.at, "cancelled_by": step.staff_id}
            self._of[BookingCancellation].append(end)

    def _occupy(self, booking: dict[str, Any], slot: Slot) -> None:
        self._of[SlotOccupancy].append(
            {
                "slot_id": slot.id,
                "booking_id": booking["id"],
                "referral_id": booking["referral_id"],
                "patient_id": booking["patient_id"],
                "starts_at": slot.starts_at,
            }
        )

    def _refer(self, past: PastReferral, running: int, state: State, slot: Slot | None) -> None:
        first, last = past.steps[0], past.steps[-1]
        sent_on = first.at.astimezone(zone()).date()
        term, due_on = self._term(past, sent_on)
        due_at = end_of(due_on, zone())
        visit = (slot.facility_id, slot.ends_at) if slot else None
        stands = standing(state, center_id=self._center_id, due_at=due_at, visit=visit, at=last.at)
        self._of[Referral].append(
            {
                "id": past.id,
                "number": referral_number(sent_on.year, running),
                "patient_id": past.patient_id,
                "from_facility_id": first.facility_id,
                "referrer_id": first.staff_id,
                "service_code": past.service_code,
                "reason": past.reason,
                "diagnosis_code": past.diagnosis_code,
                "priority": past.priority,
                "submitted_at": first.at,
                "due_on": due_on,
                "due_at": due_at,
                "waiting_term_id": term.id,
                "state": state,
                "version": len(past.steps),
                "owner_id": stands.owner_id,
                "next_action_due": stands.act_by,
            }
        )

    def _term(self, past: PastReferral, on: date) -> tuple[WaitingTerm, date]:
        """The legal term of a referral sent on that day, and its last day."""
        key = (self._kinds[past.service_code], past.priority, on)
        if key not in self._terms:
            term = term_in_force(self._session, kind=key[0], priority=key[1], on=on)
            self._terms[key] = term, last_day(on, length=term.length, unit=term.unit)
        return self._terms[key]


def _event(past: PastReferral, step: PastStep, seq: int, state: State | None) -> Event:
    return Event(
        referral_id=past.id,
        seq=seq,
        patient_id=past.patient_id,
        from_state=state,
        to_state=next_state(state, step.act, step.role),
        act=step.act,
        actor_role=step.role,
        actor_staff_id=step.staff_id,
        actor_facility_id=step.facility_id,
        at=step.at,
        reason=step.reason,
    )


def _slots_of(session: Session, referrals: Sequence[PastReferral]) -> dict[UUID, Slot]:
    wanted = {step.slot_id for past in referrals for step in past.steps if step.slot_id}
    return {slot.id: slot for slot in session.scalars(select(Slot).where(Slot.id.in_(wanted)))}
