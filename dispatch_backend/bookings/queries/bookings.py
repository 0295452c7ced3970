"""Bookings that stand: live ones, and ones whose visit took place."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select

from dispatch_backend.bookings.enumerations import BookingState, Outcome
from dispatch_backend.bookings.tables import Booking, BookingCancellation, BookingOutcome, SlotOccupancy
from dispatch_backend.capacity.rules import minutes_between
from dispatch_backend.capacity.tables import Slot
from dispatch_backend.referrals.tables.referrals import Referral
from dispatch_backend.services.tables import Service
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound, RuleBroken
from foundation.language.bilingual import BilingualText
from identity.access import queries as access
from identity.access.enumerations import Thing


@dataclass(frozen=True, slots=True)
class BookingCard:
    """A referral's time, place, and doctor, room or device. `preparation`: what the patient does before; empty where nothing."""

    id: UUID
    referral_id: UUID
    referral_number: str
    service: BilingualText
    slot_id: UUID
    facility_id: UUID
    resource: BilingualText
    preparation: BilingualText
    starts_at: datetime
    ends_at: datetime
    state: BookingState

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return minutes_between(self.starts_at, self.ends_at)


def upcoming_bookings_of(session: ActorSession, patient_id: UUID, *, at: datetime) -> list[BookingCard]:
    """The patient's bookings that are not over yet, the nearest first."""
    rows = session.execute(
        _bookings(session)
        .join(SlotOccupancy, SlotOccupancy.booking_id == Booking.id)
        .where(Booking.patient_id == patient_id, Slot.ends_at > at)
        .order_by(Slot.starts_at)
    )
    return [booking_from(row) for row in rows]


def standing_bookings(session: ActorSession, *, only: Any = None) -> Select[Any]:
    """Bookings that stand for their referrals: live ones, and those at which the patient was served."""
    given_up = exists().where(BookingCancellation.booking_id == Booking.id)
    missed = exists().where(
        BookingOutcome.booking_id == Booking.id, BookingOutcome.outcome == Outcome.NO_SHOW
    )
    return _bookings(session, only=only).where(~given_up, ~missed)


def slots_had(session: ActorSession, *, only: Any = None) -> Select[Any]:
    """Every slot that referrals ever had, in the order in which they had them: to be narrowed to referrals in a combined query."""
    rows: Any = select(
        Booking.referral_id,
        Booking.slot_id,
        Slot.starts_at,
        Slot.facility_id,
        Slot.resource_en,
        Slot.resource_ru,
    )
    asked: Select[Any] = (
        rows.join(Slot, Slot.id == Booking.slot_id)
        .where(access.readable_by(session, Thing.BOOKINGS, Booking.patient_id, only=only))
        .order_by(Booking.referral_id, Booking.booked_at, Booking.id)
    )
    return asked


def visits_at(
    session: ActorSession, patient_id: UUID, *, starts_at: datetime, ends_at: datetime, besides: UUID
) -> list[BookingCard]:
    """Where the patient is expected between two moments for other referrals than this one, the earliest first."""
    rows = session.execute(
        _bookings(session)
        .join(SlotOccupancy, SlotOccupancy.booking_id == Booking.id)
        .where(SlotOccupancy.patient_id == patient_id, SlotOccupancy.referral_id != besides)
        .where(Slot.starts_at < ends_at, Slot.ends_at > starts_at)
        .order_by(Slot.starts_at)
    )
    return [booking_from(row) for row in rows]


def times_elsewhere(session: ActorSession, patient_id: Any, *, besides: Any) -> Select[Any]:
    """When the same patient is expected somewhere: `starts_at` and `ends_at`, to be asked within a combined query."""
    rows: Any = select(Slot.starts_at, Slot.ends_at)
    asked: Select[Any] = (
        rows.join(SlotOccupancy, SlotOccupancy.slot_id == Slot.id)
        .where(SlotOccupancy.patient_id == patient_id, SlotOccupancy.referral_id != besides)
        .where(access.readable_by(session, Thing.BOOKINGS, SlotOccupancy.patient_id, only=patient_id))
    )
    return asked


def referral_of_booking(session: ActorSession, booking_id: UUID) -> UUID:
    """The referral that a booking belongs to.

    Raises:
        NotFound: no such booking, or not one whose patient the reader may know.
    """
    found = session.scalar(
        select(Booking.referral_id)
        .where(Booking.id == booking_id)
        .where(access.readable_by(session, Thing.BOOKINGS, Booking.patient_id))
    )
    if found is None:
        raise NotFound("There is no such booking.")
    return found


def state_of_booking(session: ActorSession, booking_id: UUID) -> BookingState:
    """Where a booking stands that the reader may know; whoever has locked its referral is alone with it."""
    state = session.scalar(
        select(Booking.state)
        .where(Booking.id == booking_id)
        .where(access.readable_by(session, Thing.BOOKINGS, Booking.patient_id))
    )
    if state is None:
        raise NotFound("There is no such booking.")
    return state


def slot_to_release(session: ActorSession, booking_id: UUID) -> Slot:
    """The slot that the live booking holds; whoever has locked its referral is alone with it.

    Raises:
        RuleBroken: it holds none any more.
    """
    slot = session.scalar(
        select(Slot)
        .join(SlotOccupancy, SlotOccupancy.slot_id == Slot.id)
        .where(SlotOccupancy.booking_id == booking_id)
        .where(access.readable_by(session, Thing.BOOKINGS, SlotOccupancy.patient_id))
    )
    if slot is None:
        raise RuleBroken("This booking has already ended.")
    return slot


def _bookings(session: ActorSession, *, only: Any = None) -> Select[Any]:
    rows: Any = select(
        Booking.id,
        Booking.referral_id,
        Referral.number,
        Service.name_en,
        Service.name_ru,
        Booking.slot_id,
        Booking.state,
        Slot.facility_id,
        Slot.resource_en,
        Slot.resource_ru,
        Service.preparation_en,
        Service.preparation_ru,
        Slot.starts_at,
        Slot.ends_at,
    )
    asked: Select[Any] = (
        rows.join(Slot, Slot.id == Booking.slot_id)
        .join(Referral, Referral.id == Booking.referral_id)
        .join(Service, Service.code == Slot.service_code)
        .where(access.readable_by(session, Thing.BOOKINGS, Booking.patient_id, only=only))
    )
    return asked


def booking_from(row: Any) -> BookingCard:
    return BookingCard(
        id=row.id,
        referral_id=row.referral_id,
        referral_number=row.number,
        service=BilingualText(row.name_en, row.name_ru),
        slot_id=row.slot_id,
        facility_id=row.facility_id,
        resource=BilingualText(row.resource_en, row.resource_ru),
        preparation=BilingualText(row.preparation_en, row.preparation_ru),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state=row.state,
    )
