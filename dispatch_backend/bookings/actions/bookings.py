"""Giving a slot to a referral, and taking it back. The database is the last guard: one slot, one referral."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from dispatch_backend.bookings.actions.care import update_treating_care_period
from dispatch_backend.bookings.queries.bookings import referral_of_booking, slot_to_release, visits_at
from dispatch_backend.bookings.rules import booking as rules
from dispatch_backend.bookings.tables import Booking, BookingCancellation, SlotOccupancy
from dispatch_backend.capacity.queries import slot_to_book
from dispatch_backend.capacity.tables import Slot
from dispatch_backend.referrals.actions.care import update_center_care_period
from dispatch_backend.referrals.actions.constraint_errors import refusal_for
from dispatch_backend.referrals.actions.transitions import apply_transition
from dispatch_backend.referrals.enumerations import Act
from dispatch_backend.referrals.queries.referrals import referral_to_change
from dispatch_backend.referrals.rules import changes
from dispatch_backend.referrals.tables.referrals import Referral
from foundation import outbox
from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.language.translation import clock_time
from identity.facilities.queries import facility_cards


def book_slot(
    session: ActorSession, referral_id: UUID, *, slot_id: UUID, version: int | None = None
) -> Booking:
    """Book the slot for the referral; from now on the slot's facility cares for the patient too.

    Args:
        version: of the referral as the dispatcher saw it, where that is known.

    Raises:
        NotFound: no such referral in the dispatcher's care, or no such slot.
        RuleBroken: the slot is taken, too soon or for another service; the patient has a visit at that time; the referral
            is not waiting for a slot.
        Stale: the referral has changed since the dispatcher saw it.
    """
    at = now()
    # Always the referral before the slot: two bookings then wait for each other, never in a circle.
    referral = referral_to_change(session, referral_id)
    slot = slot_to_book(session, slot_id)
    rules.require_bookable(
        same_service=slot.service_code == referral.service_code,
        taken=slot.taken,
        starts_at=slot.starts_at,
        priority=referral.priority,
        at=at,
    )
    changes.require_unchanged(expected_version=version, version=referral.version)
    require_patient_free(session, referral, slot)
    apply_transition(session, referral, Act.BOOKED, at=at, slot=slot)
    made = occupy_slot(session, referral, slot)
    announce_booking(session, "referral.booked", referral, object_id=referral.id, booking_id=made.id)
    update_treating_care_period(session, referral.patient_id, slot.facility_id)
    return made


def cancel_booking(
    session: ActorSession,
    booking_id: UUID,
    *,
    reason: str,
    revoke: bool = False,
    version: int | None = None,
) -> Referral:
    """Free the slot. The referral keeps its place in the queue and its legal day, or is revoked with it.

    The facility that would have treated the patient loses sight of them, unless something else stands there.

    Args:
        version: of the referral as the dispatcher saw it, where that is known.

    Raises:
        NotFound: no such booking in the dispatcher's care.
        RuleBroken: it has ended already; no reason given.
        Stale: the referral has changed since the dispatcher saw it.
    """
    at = now()
    referral = referral_to_change(session, referral_of_booking(session, booking_id))
    changes.require_unchanged(expected_version=version, version=referral.version)
    changes.require_reason(reason)
    slot = slot_to_release(session, booking_id)
    give_up_booking(session, referral, booking_id, reason=reason)
    act = Act.REVOKED if revoke else Act.BOOKING_CANCELLED
    apply_transition(session, referral, act, at=at, reason=reason.strip())
    announce_booking(session, "booking.cancelled", referral, object_id=booking_id, booking_id=booking_id)
    update_treating_care_period(session, referral.patient_id, slot.facility_id)
    update_center_care_period(session, referral.patient_id, at=at)
    return referral


def release_slot(session: ActorSession, booking_id: UUID) -> None:
    """Let go of the slot that the live booking holds."""
    session.execute(delete(SlotOccupancy).where(SlotOccupancy.booking_id == booking_id))


def give_up_booking(session: ActorSession, referral: Referral, booking_id: UUID, *, reason: str) -> None:
    """End the live booking before its time: its slot is free, and a row says why."""
    release_slot(session, booking_id)
    session.add(
        BookingCancellation(
            booking_id=booking_id,
            patient_id=referral.patient_id,
            reason=reason.strip(),
            cancelled_by=session.actor.staff_id,
        )
    )


def require_patient_free(session: ActorSession, referral: Referral, slot: Slot) -> None:
    """Look for a visit of the same patient that overlaps the slot, but for the referral's own.

    Raises:
        RuleBroken: there is one; the sentence names it.
    """
    visits = visits_at(
        session, referral.patient_id, starts_at=slot.starts_at, ends_at=slot.ends_at, besides=referral.id
    )
    places = facility_cards(session, [each.facility_id for each in visits])
    rules.require_patient_free(
        rules.Visit(
            each.resource,
            places[each.facility_id].name,
            clock_time(each.starts_at),
            clock_time(each.ends_at),
        )
        for each in visits
    )


def occupy_slot(session: ActorSession, referral: Referral, slot: Slot) -> Booking:
    """Give the referral the slot, which whoever calls has locked.

    Raises:
        RuleBroken: somebody has taken the slot, or the patient is elsewhere at that time.
    """
    made = Booking(
        referral_id=referral.id,
        patient_id=referral.patient_id,
        slot_id=slot.id,
        booked_by=session.actor.staff_id,
    )
    try:
        session.add(made)
        session.flush()
        session.add(
            SlotOccupancy(
                slot_id=slot.id,
                booking_id=made.id,
                referral_id=referral.id,
                patient_id=referral.patient_id,
                starts_at=slot.starts_at,
            )
        )
        session.flush()
    except IntegrityError as fault:
        raise refusal_for(fault) from fault
    return made


def announce_booking(
    session: ActorSession, topic: str, referral: Referral, *, object_id: UUID, booking_id: UUID
) -> None:
    """Let the other rooms hear what became of a booking."""
    outbox.announce(
        session,
        topic,
        {
            "patient_id": str(referral.patient_id),
            "object_id": str(object_id),
            "referral_id": str(referral.id),
            "booking_id": str(booking_id),
        },
    )
