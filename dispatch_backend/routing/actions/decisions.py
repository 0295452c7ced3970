"""Booking a time that was chosen from a ranked list: the list is kept with the booking."""

from uuid import UUID

from dispatch_backend.bookings.actions.bookings import book_slot
from dispatch_backend.bookings.actions.rebooking import rebook
from dispatch_backend.bookings.queries.bookings import referral_of_booking
from dispatch_backend.bookings.queries.referral_cards import referral_from
from dispatch_backend.bookings.tables import Booking
from dispatch_backend.routing.queries.decisions import shown_as_kept
from dispatch_backend.routing.queries.offers import OFFERS, OfferFilter, RankedSlot, ranked_from
from dispatch_backend.routing.queries.orders import RouteOrder, order_from
from dispatch_backend.routing.tables import RoutingDecision
from foundation.clock import now, today, zone
from foundation.database.transactions import ActorSession
from identity.facilities.queries import facilities_from

Shown = tuple[list[RankedSlot], RouteOrder | None]


def book_as_ranked(
    session: ActorSession, referral_id: UUID, *, slot_id: UUID, version: int | None, wanted: OfferFilter
) -> Booking:
    """Book the slot, and keep from which times it was chosen, as they stand now.

    Args:
        wanted: what the dispatcher had narrowed the times to.

    Raises:
        NotFound, RuleBroken, Stale: as `book_slot`.
    """
    shown = _shown(session, referral_id, wanted)
    return _keep(session, book_slot(session, referral_id, slot_id=slot_id, version=version), shown)


def rebook_as_ranked(
    session: ActorSession,
    booking_id: UUID,
    *,
    slot_id: UUID,
    reason: str,
    version: int | None,
    wanted: OfferFilter,
) -> Booking:
    """The same of a booking that is moved.

    Raises:
        NotFound, RuleBroken, Stale: as `rebook`.
    """
    shown = _shown(session, referral_of_booking(session, booking_id), wanted)
    return _keep(session, rebook(session, booking_id, slot_id=slot_id, reason=reason, version=version), shown)


def _shown(session: ActorSession, referral_id: UUID, wanted: OfferFilter) -> Shown:
    """Reckoned before the booking: afterwards the slot is no longer free."""
    at = now()
    answer = OFFERS.fetch(
        session,
        wanted.moving,
        referral_id=referral_id,
        at=at,
        day=today(),
        zone=str(zone()),
        **wanted.values(zone()),
    )
    order = order_from(answer)
    slots = ranked_from(answer, facilities_from(answer.places), referral_from(answer), order=order, at=at)
    return slots, order


def _keep(session: ActorSession, made: Booking, shown: Shown) -> Booking:
    slots, order = shown
    session.add(
        RoutingDecision(
            booking_id=made.id, rule_id=order.rule_id if order else None, shown=shown_as_kept(slots)
        )
    )
    return made
