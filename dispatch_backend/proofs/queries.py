"""What a proof is made of: the referral with its term, each event as it was sealed, and every booking with what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, select, true, union

from dispatch_backend.bookings.enumerations import Outcome
from dispatch_backend.bookings.tables import Booking, BookingCancellation, BookingOutcome
from dispatch_backend.capacity.tables import Slot
from dispatch_backend.proofs.enumerations import Became
from dispatch_backend.proofs.rules import Verdict, Waited, became_of, moved_bookings, verdict_of, waited_of
from dispatch_backend.referrals.enumerations import CLOSED, FORMER_ACTS, State
from dispatch_backend.referrals.queries.integrity import (
    TERM,
    breaks_of_referral,
    lawful_end,
    sealed_event,
    sealed_event_rows,
)
from dispatch_backend.referrals.rules.history import Event
from dispatch_backend.referrals.tables.referrals import Referral, ReferralEvent
from dispatch_backend.routing.queries.decisions import Decision, decision_from
from dispatch_backend.routing.tables import RouteRule, RoutingDecision
from dispatch_backend.services.enumerations import Priority
from dispatch_backend.services.rules.terms import LegalEnd, TermUnit
from dispatch_backend.services.tables import Service, WaitingTerm
from foundation.clock import zone
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.hash_chain import Break
from foundation.language.bilingual import BilingualText
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.facilities.queries import FacilityCard, facilities_from, facility_rows
from identity.patients.queries.patients import PatientCard, patient_from, patient_rows
from identity.staff.queries import StaffCard, staff_from, staff_rows

# A law without an end ends here, as it is kept.
NO_END_IN_SIGHT = date(9999, 1, 1)


@dataclass(frozen=True, slots=True)
class LegalTerm:
    """The term that the referral was sent under. `valid_to` is None where no end of it is known."""

    length: int
    unit: TermUnit
    basis: BilingualText
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One booking, and what it was chosen from where that was kept. `ended_at` and `reason` only where it was given up before its time."""

    booked_at: datetime
    starts_at: datetime
    ends_at: datetime
    facility_id: UUID
    resource: BilingualText
    became: Became
    decision: Decision | None
    ended_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything about a referral that bears on its legal term, as it stands at `at`.

    Attributes:
        events: in their order, with the words of their day.
        calendar_version: by which working days were counted; 0 of before there were versions.
        breaks: where the history is not as it was written; none is as it should be.
    """

    id: UUID
    number: str
    patient: PatientCard
    service: BilingualText
    priority: Priority
    state: State
    from_facility_id: UUID
    referrer_id: UUID
    submitted_at: datetime
    due_on: date
    due_at: datetime
    calendar_version: int
    term: LegalTerm
    events: Sequence[Event]
    breaks: Sequence[Break]
    attempts: Sequence[Attempt]
    verdict: Verdict
    waited: Waited
    facilities: Mapping[UUID, FacilityCard]
    staff: Mapping[UUID, StaffCard]
    at: datetime

    @property
    def standing(self) -> Attempt | None:
        """The booking that holds, or at which the patient was served."""
        return _standing(self.attempts)


def proof_of(session: ActorSession, referral_id: UUID, *, at: datetime, only_own: bool = False) -> Proof:
    """The proof of one referral, with its seals verified now.

    Args:
        only_own: only where the reader sent it.

    Raises:
        NotFound: no such referral, or it is not the reader's affair.
    """
    answer = PROOF.fetch(session, only_own, referral_id=referral_id)
    for row in answer.referrals:
        return _proof(row, answer, at=at)
    raise NotFound("There is no such referral.")


def _proof(row: Any, answer: Any, *, at: datetime) -> Proof:
    events = [sealed_event(each) for each in answer.events]
    attempts = _attempts(answer.attempts, events, at=at)
    visit = _standing(attempts)
    ended_at = events[-1].at if events and row.state in CLOSED else None
    # Served means at the visit; where it is not known when that was, when it was told.
    until = visit.starts_at if visit and row.state is State.SERVED else ended_at or at
    return Proof(
        id=row.id,
        number=row.number,
        patient=patient_from(answer.names),
        service=BilingualText(row.name_en, row.name_ru),
        priority=row.priority,
        state=row.state,
        from_facility_id=row.from_facility_id,
        referrer_id=row.referrer_id,
        submitted_at=row.submitted_at,
        due_on=row.due_on,
        due_at=row.due_at,
        calendar_version=row.calendar_version,
        term=LegalTerm(
            row.length,
            row.unit,
            BilingualText(row.basis_en, row.basis_ru),
            row.valid_from,
            row.last_day,
        ),
        events=events,
        breaks=_breaks(row, events),
        attempts=attempts,
        verdict=verdict_of(
            row.state,
            due=LegalEnd(row.due_on, row.due_at),
            visit=(visit.starts_at, visit.ends_at) if visit else None,
            ended_at=ended_at,
            at=at,
            zone=zone(),
        ),
        waited=waited_of(submitted_at=row.submitted_at, due_at=row.due_at, until=until, zone=zone()),
        facilities=facilities_from(answer.facilities),
        staff=staff_from(answer.staff),
        at=at,
    )


def _breaks(row: Any, events: Sequence[Event]) -> list[Break]:
    """What verify-dispatch would find of this referral."""
    breaks = breaks_of_referral(events, referral_id=row.id, version=row.version, state=row.state)
    return breaks if row.lawful else [*breaks, Break(row.id, row.version, TERM)]


def _attempts(rows: Sequence[Any], events: Sequence[Event], *, at: datetime) -> list[Attempt]:
    acts = [FORMER_ACTS.get(each.act, each.act) for each in events]
    moves = moved_bookings(acts, bookings=len(rows))
    return [_attempt(row, moved=moved, at=at) for row, moved in zip(rows, moves, strict=True)]


def _attempt(row: Any, *, moved: bool, at: datetime) -> Attempt:
    return Attempt(
        booked_at=row.booked_at,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        facility_id=row.facility_id,
        resource=BilingualText(row.resource_en, row.resource_ru),
        became=became_of(
            outcome=Outcome(row.outcome) if row.outcome else None,
            cancelled=row.cancelled_at is not None,
            moved=moved,
            ends_at=row.ends_at,
            at=at,
        ),
        decision=decision_from(row.shown, row.slot_id, version=row.version, order=_order(row)),
        ended_at=row.cancelled_at,
        reason=row.reason or "",
    )


def _order(row: Any) -> tuple[str, date] | None:
    return (row.order_number, row.ordered_on) if row.order_number else None


def _standing(attempts: Sequence[Attempt]) -> Attempt | None:
    stands = (Became.AHEAD, Became.UNRECORDED, Became.SERVED)
    return next((each for each in reversed(attempts) if each.became in stands), None)


def _selects(session: ActorSession, only_own: bool, referral_id: Any) -> Selects:
    referral = _referral(session, only_own=only_own).where(Referral.id == referral_id).cte("proven_referral")
    # Whether the reader may know the patient is asked of the referral alone, and once for all that belongs to it.
    whose = select(referral.c.patient_id).scalar_subquery()
    within = select(referral.c.id)
    events = sealed_event_rows(session, only=whose).where(ReferralEvent.referral_id.in_(within)).cte("sealed")
    attempts = _bookings(session, only=whose).where(Booking.referral_id.in_(within)).cte("attempts")
    return {
        "referrals": select(referral),
        "events": select(events).order_by(events.c.seq),
        "attempts": select(attempts).order_by(attempts.c.booked_at, attempts.c.id),
        "names": patient_rows(session, whose),
        "staff": staff_rows(union(select(referral.c.referrer_id), select(events.c.actor_staff_id))),
        "facilities": facility_rows(
            union(
                select(referral.c.from_facility_id),
                select(events.c.actor_facility_id),
                select(attempts.c.facility_id),
            )
        ),
    }


def _referral(session: ActorSession, *, only_own: bool) -> Select[Any]:
    follows, lawful = lawful_end()
    rows: Any = select(
        Referral.id,
        Referral.number,
        Referral.patient_id,
        Service.name_en,
        Service.name_ru,
        Referral.priority,
        Referral.state,
        Referral.version,
        Referral.from_facility_id,
        Referral.referrer_id,
        Referral.submitted_at,
        Referral.due_on,
        Referral.due_at,
        Referral.calendar_version,
        WaitingTerm.length,
        WaitingTerm.unit,
        WaitingTerm.basis_en,
        WaitingTerm.basis_ru,
        WaitingTerm.valid_from,
        case((WaitingTerm.valid_to < NO_END_IN_SIGHT, WaitingTerm.valid_to)).label("last_day"),
        lawful.label("lawful"),
    )
    asked: Select[Any] = (
        rows.join(Service, Service.code == Referral.service_code)
        .join(WaitingTerm, WaitingTerm.id == Referral.waiting_term_id)
        .outerjoin(follows, true())
        .where(access.readable_by(session, Thing.REFERRALS, Referral.patient_id))
    )
    return asked.where(Referral.referrer_id == session.actor.staff_id) if only_own else asked


def _bookings(session: ActorSession, *, only: Any) -> Select[Any]:
    rows: Any = select(
        Booking.id,
        Booking.booked_at,
        Slot.starts_at,
        Slot.ends_at,
        Slot.facility_id,
        Slot.resource_en,
        Slot.resource_ru,
        BookingCancellation.cancelled_at,
        BookingCancellation.reason,
        BookingOutcome.outcome,
        Booking.slot_id,
        RoutingDecision.shown,
        RoutingDecision.version,
        RouteRule.order_number,
        RouteRule.ordered_on,
    )
    asked: Select[Any] = (
        rows.join(Slot, Slot.id == Booking.slot_id)
        .outerjoin(BookingCancellation, BookingCancellation.booking_id == Booking.id)
        .outerjoin(BookingOutcome, BookingOutcome.booking_id == Booking.id)
        .outerjoin(RoutingDecision, RoutingDecision.booking_id == Booking.id)
        .outerjoin(RouteRule, RouteRule.id == RoutingDecision.rule_id)
        .where(access.readable_by(session, Thing.BOOKINGS, Booking.patient_id, only=only))
    )
    return asked


PROOF = CombinedQuery(_selects)
