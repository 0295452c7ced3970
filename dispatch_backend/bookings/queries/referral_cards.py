"""Referrals with their bookings and history, as patients and staff see them: small frozen values, never rows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, union

from dispatch_backend.bookings.queries.bookings import BookingCard, booking_from, slots_had, standing_bookings
from dispatch_backend.bookings.tables import Booking
from dispatch_backend.referrals.enumerations import BOOKABLE, Act, State
from dispatch_backend.referrals.queries.history import HistoryStep, StepSlot, step_rows, steps_from
from dispatch_backend.referrals.tables.referrals import Referral, ReferralEvent
from dispatch_backend.services.enumerations import SOONER_THAN_PLANNED, Priority, ServiceKind
from dispatch_backend.services.rules.terms import TermUnit
from dispatch_backend.services.tables import Service, WaitingTerm
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.prepared_statement import PreparedStatement
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.language.bilingual import BilingualText
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.facilities.queries import facility_rows, hospital_ids
from identity.patients.queries.patients import patient_rows
from identity.staff.queries import staff_rows

OPEN_RECORD = PreparedStatement("SELECT dispatch.open_record_of_referral(%(referral)s)", {"referral": "uuid"})


@dataclass(frozen=True, slots=True)
class ReferralCard:
    """A referral as its patient and their doctors see it. `booking` is absent where none stands; `steps` where nobody asked.

    `owner_id` is the facility that has to act now; nobody's once the referral is closed.
    """

    id: UUID
    number: str
    patient_id: UUID
    service: BilingualText
    service_code: str
    service_kind: ServiceKind
    priority: Priority
    reason: str
    diagnosis_code: str
    from_facility_id: UUID
    referrer_id: UUID
    state: State
    version: int
    submitted_at: datetime
    due_on: date
    due_at: datetime
    term_length: int
    term_unit: TermUnit
    legal_basis: BilingualText
    owner_id: UUID | None
    booking: BookingCard | None
    steps: Sequence[HistoryStep]

    @property
    def bed_needed_now(self) -> bool:
        """Whether a bed is asked for by telephone: a time in the days to come would be no answer."""
        return (
            self.service_kind is ServiceKind.BED
            and self.priority in SOONER_THAN_PLANNED
            and self.state in BOOKABLE
        )


def referrals_of(session: ActorSession, patient_id: UUID) -> list[ReferralCard]:
    """The patient's referrals with what happened to them, the newest first; none where it is not the reader's affair."""
    return referrals_from(PATIENT_REFERRALS.fetch(session, patient_id=patient_id))


def referral_to_read(session: ActorSession, referral_id: UUID) -> ReferralCard:
    """One referral.

    Raises:
        NotFound: no such referral, or its patient is not in the reader's care.
    """
    return referral_from(SINGLE_REFERRAL.fetch(session, referral_id=referral_id))


def open_record_of_referral(session: ActorSession, referral_id: UUID) -> None:
    """Tell the database that this transaction is about the referral's patient, as `identity.access.queries.open_record` does."""
    OPEN_RECORD.send_with_next(session.connection(), [referral_id])


def referral_selects(session: ActorSession, referral_id: Any) -> Selects:
    """One referral: to be fetched in a combined query, and read by `referral_from`."""
    referral = _referrals(session).where(Referral.id == referral_id).cte("opened_referral")
    # Whether the reader may know the patient is asked of the referral alone, and once for all that belongs to it.
    whose = select(referral.c.patient_id).scalar_subquery()
    bookings = standing_bookings(session, only=whose).where(Booking.referral_id == referral_id)
    steps = step_rows(session, only=whose).where(ReferralEvent.referral_id == referral_id)
    return {
        "referrals": select(referral),
        "bookings": select(bookings.cte("bookings_of_referral")),
        "steps": select(steps.cte("steps_of_referral")),
        "had": slots_had(session, only=whose).where(Booking.referral_id == referral_id),
    }


def patient_referral_selects(
    session: ActorSession, patient_id: Any, *, with_steps: bool = True, with_hospitals: bool = False
) -> Selects:
    """A patient's referrals and the places they name: to be fetched in a combined query, and read by `referrals_from`.

    Args:
        with_hospitals: also the hospitals to be called, where a bed is needed now.
    """
    newest_first = (Referral.submitted_at.desc(), Referral.id.desc())
    own = _referrals(session, only=patient_id).where(Referral.patient_id == patient_id)
    referrals = own.order_by(*newest_first).cte("patient_referrals")
    standing = standing_bookings(session, only=patient_id).where(Booking.patient_id == patient_id)
    bookings = standing.cte("patient_bookings")
    had = slots_had(session, only=patient_id).where(Booking.patient_id == patient_id).cte("patient_slots")
    selects: dict[str, Select[Any]] = {
        "referrals": select(referrals),
        "bookings": select(bookings),
        "places": facility_rows(
            union(
                select(referrals.c.from_facility_id),
                select(referrals.c.owner_id),
                select(bookings.c.facility_id),
                *([select(had.c.facility_id)] if with_steps else []),
                *([hospital_ids().where(_bed_needed_now(referrals))] if with_hospitals else []),
            )
        ),
    }
    if with_steps:
        selects["steps"] = step_rows(session).where(ReferralEvent.patient_id == patient_id)
        selects["had"] = select(had)
    return selects


def _bed_needed_now(referrals: Any) -> Any:
    """ReferralCard.bed_needed_now of any of them, said in SQL."""
    return (
        select(referrals.c.id)
        .where(
            referrals.c.kind == ServiceKind.BED,
            referrals.c.priority.in_(SOONER_THAN_PLANNED),
            referrals.c.state.in_(BOOKABLE),
        )
        .exists()
    )


def referral_name_rows(session: ActorSession, within: Any) -> Select[Any]:
    """Of the referrals with these ids: to be fetched in a combined query, and read by `referral_names_from`."""
    rows: Any = select(Referral.id, Referral.number, Service.name_en, Service.name_ru)
    asked: Select[Any] = (
        rows.join(Service, Service.code == Referral.service_code)
        .where(Referral.id.in_(within))
        .where(access.readable_by(session, Thing.REFERRALS, Referral.patient_id))
    )
    return asked


def referral_names_from(rows: Any) -> dict[UUID, BilingualText]:
    """What was asked for, and the referral's number."""
    return {
        row.id: BilingualText(f"{row.name_en}, {row.number}", f"{row.name_ru}, {row.number}") for row in rows
    }


def referral_page_selects(session: ActorSession, referral_id: Any) -> Selects:
    """One referral with whom and what its page names: to be fetched in a combined query."""
    selects = referral_selects(session, referral_id)
    referral, booking, step = (selects[name].subquery().c for name in ("referrals", "bookings", "steps"))
    return {
        **selects,
        "patient": patient_rows(session, select(referral.patient_id).scalar_subquery()),
        "staff": staff_rows(union(select(referral.referrer_id), select(step.actor_staff_id))),
        "facilities": facility_rows(
            union(
                select(referral.from_facility_id),
                select(step.actor_facility_id),
                select(booking.facility_id),
            )
        ),
    }


def referral_from(answer: Any) -> ReferralCard:
    """Raises NotFound like `referral_to_read`."""
    for referral in referrals_from(answer):
        return referral
    raise NotFound("There is no such referral.")


def referrals_from(answer: Any) -> list[ReferralCard]:
    bookings = {row.referral_id: booking_from(row) for row in answer.bookings}
    steps = steps_from(getattr(answer, "steps", ()))
    had = _slots_by_referral(getattr(answer, "had", ()))
    return [
        ReferralCard(
            id=row.id,
            number=row.number,
            patient_id=row.patient_id,
            service=BilingualText(row.name_en, row.name_ru),
            service_code=row.code,
            service_kind=row.kind,
            priority=row.priority,
            reason=row.reason,
            diagnosis_code=row.diagnosis_code,
            from_facility_id=row.from_facility_id,
            referrer_id=row.referrer_id,
            state=row.state,
            version=row.version,
            submitted_at=row.submitted_at,
            due_on=row.due_on,
            due_at=row.due_at,
            term_length=row.length,
            term_unit=row.unit,
            legal_basis=BilingualText(row.basis_en, row.basis_ru),
            owner_id=row.owner_id,
            booking=bookings.get(row.id),
            steps=_with_slots(steps.get(row.id, []), had.get(row.id, [])),
        )
        for row in answer.referrals
    ]


def _slots_by_referral(rows: Iterable[Any]) -> dict[UUID, list[StepSlot]]:
    slots: dict[UUID, list[StepSlot]] = defaultdict(list)
    for row in rows:
        resource = BilingualText(row.resource_en, row.resource_ru)
        slots[row.referral_id].append(StepSlot(row.starts_at, row.facility_id, resource))
    return slots


def _with_slots(steps: list[HistoryStep], slots: Sequence[StepSlot]) -> list[HistoryStep]:
    """Each step that booked one with its slot: events name none, but there is a booking for each of them, in their order."""
    booking = [place for place, step in enumerate(steps) if step.act in (Act.BOOKED, Act.REBOOKED)]
    if len(booking) != len(slots):
        return steps
    told = list(steps)
    for number, place in enumerate(booking):
        former = slots[number - 1] if steps[place].act is Act.REBOOKED else None
        told[place] = replace(steps[place], slot=slots[number], former=former)
    return told


def _referrals(session: ActorSession, *, only: Any = None) -> Select[Any]:
    rows: Any = select(
        Referral.id,
        Referral.number,
        Referral.patient_id,
        Service.name_en,
        Service.name_ru,
        Service.code,
        Service.kind,
        Referral.priority,
        Referral.reason,
        Referral.diagnosis_code,
        Referral.from_facility_id,
        Referral.referrer_id,
        Referral.state,
        Referral.version,
        Referral.submitted_at,
        Referral.due_on,
        Referral.due_at,
        Referral.owner_id,
        WaitingTerm.length,
        WaitingTerm.unit,
        WaitingTerm.basis_en,
        WaitingTerm.basis_ru,
    )
    asked: Select[Any] = (
        rows.join(Service, Service.code == Referral.service_code)
        .join(WaitingTerm, WaitingTerm.id == Referral.waiting_term_id)
        .where(access.readable_by(session, Thing.REFERRALS, Referral.patient_id, only=only))
    )
    return asked


PATIENT_REFERRALS = CombinedQuery(lambda session, patient_id: patient_referral_selects(session, patient_id))


SINGLE_REFERRAL = CombinedQuery(lambda session, referral_id: referral_selects(session, referral_id))
