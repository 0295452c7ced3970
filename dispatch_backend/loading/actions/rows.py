"""The rows that a portion of referrals with their history becomes, table by table."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import zip_longest
from typing import Self
from uuid import UUID

from sqlalchemy.orm import DeclarativeBase

from dispatch_backend.bookings.actions.outcomes import ACTS
from dispatch_backend.bookings.tables import Booking, BookingCancellation, BookingOutcome, SlotOccupancy
from dispatch_backend.calendar.queries import working_days
from dispatch_backend.calendar.rules import AS_THEIR_WEEKDAY, WorkingDays
from dispatch_backend.loading.actions.historical_referrals import HistoricalReferral, HistoricalStep
from dispatch_backend.referrals.enumerations import Act, State
from dispatch_backend.referrals.rules.numbers import referral_number
from dispatch_backend.referrals.rules.responsibility import next_responsibility
from dispatch_backend.referrals.tables.referrals import Referral, ReferralEvent
from dispatch_backend.services.enumerations import Priority, ServiceKind
from dispatch_backend.services.queries import services, term_in_force, waiting_terms
from dispatch_backend.services.rules.terms import LegalEnd, TermUnit, legal_end
from dispatch_backend.services.tables import WaitingTerm
from foundation.clock import zone
from foundation.database.bulk import Row, WrittenRows, write_rows
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id

OUTCOMES = {act: outcome for outcome, act in ACTS.items()}
# In the order in which they refer to each other.
TABLES: tuple[type[DeclarativeBase], ...] = (
    Referral,
    ReferralEvent,
    Booking,
    BookingCancellation,
    BookingOutcome,
    SlotOccupancy,
)


class Terms:
    """The legal term of a service at a moment, and when it ends: reckoned once for all of a day."""

    def __init__(
        self,
        kinds: Mapping[str, ServiceKind],
        terms: Sequence[WaitingTerm],
        days: WorkingDays = AS_THEIR_WEEKDAY,
    ) -> None:
        self._kinds = kinds
        self._terms = terms
        self._days = days
        self._known: dict[tuple[ServiceKind, Priority, date], tuple[WaitingTerm, LegalEnd]] = {}

    @classmethod
    def known(cls, session: ActorSession) -> Self:
        """Those that the database knows."""
        kinds = {each.code: each.kind for each in services(session)}
        return cls(kinds, waiting_terms(session), working_days(session))

    @classmethod
    def of_rows(cls, services: Sequence[Row], terms: Sequence[Row], days: Sequence[Row]) -> Self:
        """Those that a region's tables of reference name."""
        newest_first = sorted(terms, key=lambda row: row["valid_from"], reverse=True)
        kinds = {row["code"]: row["kind"] for row in services}
        told = {row["day"]: row["working"] for row in days}
        return cls(kinds, [WaitingTerm(**row) for row in newest_first], told)

    @property
    def ids(self) -> tuple[str, ...]:
        """Which they are, in one order, and the days that are told of."""
        days = (f"{day}{'+' if working else '-'}" for day, working in sorted(self._days.items()))
        return (*sorted(str(each.id) for each in self._terms), *days)

    def of(self, service_code: str, priority: Priority, at: datetime) -> tuple[UUID, LegalEnd]:
        """The term in force for what is sent then, and when it ends. Raises RuleBroken: there is none."""
        kind, on = self._kinds[service_code], at.astimezone(zone()).date()
        term, end = self._known.get((kind, priority, on)) or self._reckoned(kind, priority, on, at)
        return term.id, end if term.unit is not TermUnit.HOURS else self._end(term, at)

    def _reckoned(
        self, kind: ServiceKind, priority: Priority, on: date, at: datetime
    ) -> tuple[WaitingTerm, LegalEnd]:
        term = term_in_force(self._terms, kind=kind, priority=priority, on=on)
        known = self._known[kind, priority, on] = (term, self._end(term, at))
        return known

    def _end(self, term: WaitingTerm, at: datetime) -> LegalEnd:
        return legal_end(at, length=term.length, unit=term.unit, zone=zone(), told=self._days)


class ReferralRows:
    """The rows of a portion, gathered so that each table is written in one go."""

    def __init__(self, terms: Terms, center_id: UUID) -> None:
        self._terms = terms
        self._center_id = center_id
        self._of: dict[type[DeclarativeBase], list[Row]] = {table: [] for table in TABLES}

    def add(
        self, referral: HistoricalReferral, running_number: int, state: State, events: Sequence[Row]
    ) -> None:
        self._refer(referral, running_number, state)
        self._of[ReferralEvent].extend(events)
        for step, after in zip_longest(referral.steps, referral.steps[1:]):
            if step.act is Act.BOOKED:
                self._book(referral, step, after)

    def written(self) -> dict[str, WrittenRows]:
        """Of each table by its name."""
        return {table.__tablename__: write_rows(rows) for table, rows in self._of.items()}

    def _book(self, referral: HistoricalReferral, step: HistoricalStep, after: HistoricalStep | None) -> None:
        """The booking; what follows it ends it, and where nothing does, it holds its slot."""
        if step.slot is None:
            raise ValueError(f"referral {referral.id} is booked without a slot")
        booking_id = step.booking_id or new_id()
        self._of[Booking].append(
            {
                "id": booking_id,
                "referral_id": referral.id,
                "patient_id": referral.patient_id,
                "slot_id": step.slot.id,
                "booked_at": step.at,
                "booked_by": step.staff_id,
            }
        )
        row: Row = {"booking_id": booking_id, "patient_id": referral.patient_id}
        if after is None:
            row |= {"slot_id": step.slot.id, "referral_id": referral.id, "starts_at": step.slot.starts_at}
            self._of[SlotOccupancy].append(row)
        else:
            self._end(row, after)

    def _end(self, booking: Row, after: HistoricalStep) -> None:
        """What became of the booking: its outcome, or that it was cancelled."""
        if after.act in OUTCOMES:
            told = {"outcome": OUTCOMES[after.act], "recorded_at": after.at, "recorded_by": after.staff_id}
            self._of[BookingOutcome].append(booking | told)
        else:
            reason = after.reason or after.act.value
            told = {"reason": reason, "cancelled_at": after.at, "cancelled_by": after.staff_id}
            self._of[BookingCancellation].append(booking | told)

    def _refer(self, referral: HistoricalReferral, running_number: int, state: State) -> None:
        first, last = referral.steps[0], referral.steps[-1]
        term_id, end = self._terms.of(referral.service_code, referral.priority, first.at)
        visit = (last.slot.facility_id, last.slot.ends_at) if last.slot else None
        responsibility = next_responsibility(
            state, center_id=self._center_id, due_at=end.due_at, visit=visit, at=last.at
        )
        self._of[Referral].append(
            {
                "id": referral.id,
                "number": referral_number(first.at.astimezone(zone()).year, running_number),
                "patient_id": referral.patient_id,
                "from_facility_id": first.facility_id,
                "referrer_id": first.staff_id,
                "service_code": referral.service_code,
                "reason": referral.reason,
                "diagnosis_code": referral.diagnosis_code,
                "priority": referral.priority,
                "submitted_at": first.at,
                "due_on": end.due_on,
                "due_at": end.due_at,
                "waiting_term_id": term_id,
                "state": state,
                "version": len(referral.steps),
                "owner_id": responsibility.owner_id,
                "next_action_due": responsibility.act_by,
            }
        )
