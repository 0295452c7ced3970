"""Bookings that stand: live ones, and ones whose visit took place."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, select

from dispatch_backend.queries.cards import BookingCard
from dispatch_backend.rules.kinds import Outcome
from dispatch_backend.tables import (
    Booking,
    BookingCancellation,
    BookingOutcome,
    Referral,
    Service,
    Slot,
    SlotOccupancy,
)
from foundation.bilingual import BilingualText
from foundation.database import ActorSession
from foundation.errors import NotFound, RuleBroken
from identity.queries import access


def upcoming_bookings_of(session: ActorSession, patient_id: UUID, *, at: datetime) -> list[BookingCard]:
    """The patient's bookings that are not over yet, the nearest first."""
    rows = session.execute(
        _bookings(session)
        .join(SlotOccupancy, SlotOccupancy.booking_id == Booking.id)
        .where(Booking.patient_id == patient_id, Slot.ends_at > at)
        .order_by(Slot.starts_at)
    )
    return [_card(*row) for row in rows]


def bookings_of_referrals(session: ActorSession, referral_ids: Collection[UUID]) -> dict[UUID, BookingCard]:
    """The booking that stands for each referral: the live one, or the one at which the patient was served."""
    given_up = exists().where(BookingCancellation.booking_id == Booking.id)
    missed = exists().where(
        BookingOutcome.booking_id == Booking.id, BookingOutcome.outcome == Outcome.NO_SHOW
    )
    rows = session.execute(
        _bookings(session).where(Booking.referral_id.in_(referral_ids), ~given_up, ~missed)
    )
    return {card.referral_id: card for card in (_card(*row) for row in rows)}


def referral_of_booking(session: ActorSession, booking_id: UUID) -> UUID:
    """The referral that a booking belongs to.

    Raises:
        NotFound: no such booking, or not one whose patient the reader may know.
    """
    found = session.scalar(
        select(Booking.referral_id)
        .where(Booking.id == booking_id)
        .where(access.readable_by(session, Booking.patient_id))
    )
    if found is None:
        raise NotFound("There is no such booking.")
    return found


def slot_to_free(session: ActorSession, booking_id: UUID) -> Slot:
    """The slot that the live booking holds; whoever has locked its referral is alone with it.

    Raises:
        RuleBroken: it holds none any more.
    """
    slot = session.scalar(
        select(Slot)
        .join(SlotOccupancy, SlotOccupancy.slot_id == Slot.id)
        .where(SlotOccupancy.booking_id == booking_id)
        .where(access.readable_by(session, SlotOccupancy.patient_id))
    )
    if slot is None:
        raise RuleBroken("This booking has already ended.")
    return slot


def _bookings(session: ActorSession) -> Select[Booking, Slot, Service, str]:
    return (
        select(Booking, Slot, Service, Referral.number)
        .join(Slot, Slot.id == Booking.slot_id)
        .join(Referral, Referral.id == Booking.referral_id)
        .join(Service, Service.code == Slot.service_code)
        .where(access.readable_by(session, Booking.patient_id))
    )


def _card(booking: Booking, slot: Slot, service: Service, number: str) -> BookingCard:
    return BookingCard(
        id=booking.id,
        referral_id=booking.referral_id,
        referral_number=number,
        service=BilingualText(service.name_en, service.name_ru),
        facility_id=slot.facility_id,
        resource=BilingualText(slot.resource_en, slot.resource_ru),
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
    )
