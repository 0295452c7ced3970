"""Moving those who are booked for a closed time."""

from collections.abc import Sequence
from uuid import UUID

from dispatch_backend.capacity.enumerations import ClosingReason
from dispatch_backend.capacity.queries import lock_subjects, slots_to_move
from dispatch_backend.referrals.enumerations import OwnReason
from dispatch_backend.referrals.queries.referrals import referral_to_change
from dispatch_backend.routing.actions.decisions import rebook_as_ranked
from dispatch_backend.routing.queries.offers import OfferFilter
from dispatch_backend.schedules.queries.displaced import (
    DisplacedPage,
    WhyDisplaced,
    displaced_page,
    why_displaced,
)
from dispatch_backend.schedules.rules import Move
from foundation import audit
from foundation.database.transactions import ActorSession
from foundation.errors import RuleBroken

# As whoever is moved reads it, in their own language: whether a doctor is ill is not told.
TOLD = {
    ClosingReason.ILLNESS: OwnReason.DOCTOR_AWAY,
    ClosingReason.OUT_OF_ORDER: OwnReason.DEVICE_OUT_OF_USE,
}


def open_displaced(session: ActorSession, number: int) -> DisplacedPage:
    """A page of those who are booked for closed times; each of them can see that a list with their name was opened."""
    page = displaced_page(session, number)
    audit.record(session, act="dispatch.opened", patient_id=None, object_kind="displaced")
    audit.record_listed(
        session,
        act="referrals.listed",
        object_kind="referral",
        shown=[(row.patient.id, row.referral.id) for row in page.rows],
    )
    return page


def move_displaced(session: ActorSession, moves: Sequence[Move]) -> UUID:
    """Move these bookings, all of them or none; each keeps its place in the queue. Returns one that was made.

    Raises:
        NotFound: one of them is none in the dispatcher's care, or its slot is none.
        RuleBroken: one is booked for no closed time any more, or cannot have its slot.
        Stale: a referral has changed since the dispatcher saw it.
    """
    why = _why(session, moves)
    # All referrals before all slots, each in one order: who moves others, or closes a time, waits and never in a circle.
    for referral_id in sorted({each.referral_id for each in why.values()}):
        referral_to_change(session, referral_id)
    slots = slots_to_move(
        session, [*(each.slot_id for each in moves), *(each.slot_id for each in why.values())]
    )
    lock_subjects(
        session,
        patients={each.patient_id for each in why.values()},
        resources={each.resource_id for each in slots},
    )
    # Whoever was waited for may have opened a time again.
    why = _why(session, moves)
    made = [
        rebook_as_ranked(
            session,
            each.booking_id,
            slot_id=each.slot_id,
            reason=_told(why[each.booking_id]),
            version=each.version,
            wanted=OfferFilter(moving=True),
        )
        for each in sorted(moves)
    ]
    return made[0].id


def _why(session: ActorSession, moves: Sequence[Move]) -> dict[UUID, WhyDisplaced]:
    why = why_displaced(session, [each.booking_id for each in moves])
    if any(each.booking_id not in why for each in moves):
        raise RuleBroken("Some of these bookings have ended, or their time is open again. Nobody was moved.")
    return why


def _told(why: WhyDisplaced) -> str:
    return why.words if why.reason is ClosingReason.OTHER else TOLD[why.reason]
