"""Moving those who are booked for a closed time."""

from collections.abc import Sequence
from uuid import UUID

from dispatch_backend.bookings.actions.rebooking import rebook
from dispatch_backend.bookings.queries.bookings import referral_of_booking
from dispatch_backend.capacity.enumerations import ClosingReason
from dispatch_backend.capacity.queries import slots_to_move
from dispatch_backend.referrals.queries.referrals import referral_to_change
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
from foundation.language.translation import lazy

# As whoever is moved reads it: whether a doctor is ill is not told.
TOLD = {
    ClosingReason.ILLNESS: lazy("The doctor does not see patients at that time."),
    ClosingReason.OUT_OF_ORDER: lazy("The device is not in use at that time."),
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
    why = why_displaced(session, [each.booking_id for each in moves])
    if any(each.booking_id not in why for each in moves):
        raise RuleBroken("Some of these bookings have ended, or their time is open again. Nobody was moved.")
    # All referrals before all slots, each in one order: who moves others, or closes a time, waits and never in a circle.
    for each in sorted(moves):
        referral_to_change(session, referral_of_booking(session, each.booking_id))
    slots_to_move(session, [*(each.slot_id for each in moves), *(each.slot_id for each in why.values())])
    made = [
        rebook(
            session,
            each.booking_id,
            slot_id=each.slot_id,
            reason=_told(why[each.booking_id]),
            version=each.version,
        )
        for each in sorted(moves)
    ]
    return made[0].id


def _told(why: WhyDisplaced) -> str:
    return why.words if why.reason is ClosingReason.OTHER else str(TOLD[why.reason])
