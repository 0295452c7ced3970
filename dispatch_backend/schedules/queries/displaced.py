"""Who is booked for a time that is closed, and where they could go."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, func, select, true

from dispatch_backend.bookings.queries.referral_cards import ReferralCard, referral_from
from dispatch_backend.bookings.tables import SlotOccupancy
from dispatch_backend.capacity.enumerations import ClosingReason
from dispatch_backend.capacity.queries import FreeSlot
from dispatch_backend.capacity.tables import ClosedTime, Slot
from dispatch_backend.routing.queries.offers import REFERRAL_PAGE, RankedSlot, ranked_from
from dispatch_backend.routing.queries.orders import order_from
from dispatch_backend.schedules.queries.closed_times import is_still_closed
from foundation.clock import now, today, zone
from foundation.database.transactions import ActorSession
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.facilities.queries import FacilityCard, facilities_from
from identity.patients.queries.patients import PatientCard, patient_from

# Each is a statement of its own.
ON_A_PAGE = 10


@dataclass(frozen=True, slots=True)
class Displaced:
    """A booking for a closed time: whose, why it is closed, and the best free slot, if there is one.

    `former` is the facility where the patient is booked.
    """

    booking_id: UUID
    referral: ReferralCard
    patient: PatientCard
    former: FacilityCard | None
    reason: ClosingReason
    words: str
    best: RankedSlot | None


@dataclass(frozen=True, slots=True)
class DisplacedPage:
    """The bookings for closed times, those soonest first; `count` is of all of them."""

    rows: Sequence[Displaced]
    count: int
    number: int

    @property
    def has_more(self) -> bool:
        return self.number * ON_A_PAGE < self.count


def displaced_page(session: ActorSession, number: int) -> DisplacedPage:
    """A page of them, from 1 on; beyond the last page, that one."""
    everything = _displaced(session).subquery()
    count = session.scalar(select(func.count()).select_from(everything)) or 0
    number = max(1, min(number, ceil(count / ON_A_PAGE)))
    found = session.execute(
        select(everything)
        .order_by(everything.c.starts_at, everything.c.booking_id)
        .limit(ON_A_PAGE)
        .offset((number - 1) * ON_A_PAGE)
    ).all()
    given = Given()
    return DisplacedPage([_with_best(session, row, given) for row in found], count, number)


class WhyDisplaced(NamedTuple):
    """Why the time of a booking is closed; `slot_id` is what it is booked for, and `referral_id` and `patient_id` whose it is."""

    slot_id: UUID
    referral_id: UUID
    patient_id: UUID
    reason: ClosingReason
    words: str


def why_displaced(session: ActorSession, booking_ids: Iterable[UUID]) -> dict[UUID, WhyDisplaced]:
    """Of those that are booked for a closed time, why it is closed."""
    everything = _displaced(session).subquery()
    rows = session.execute(select(everything).where(everything.c.booking_id.in_(list(booking_ids))))
    return {
        row.booking_id: WhyDisplaced(row.slot_id, row.referral_id, row.patient_id, row.reason, row.words)
        for row in rows
    }


def _displaced(session: ActorSession) -> Select[Any]:
    """One row for each booking, though several closed times may meet there: the first that was closed says why."""
    closed = (
        select(ClosedTime.reason, ClosedTime.words)
        .where(
            ClosedTime.resource_id == Slot.resource_id,
            ClosedTime.during.op("&&")(func.tstzrange(Slot.starts_at, Slot.ends_at)),
            is_still_closed(),
        )
        .order_by(ClosedTime.closed_at, ClosedTime.id)
        .limit(1)
        .lateral("closed")
    )
    # From the closed times, which are few, to their slots, and not through all that is booked.
    standing = (
        select(ClosedTime.resource_id, func.max(ClosedTime.ends_at).label("until"))
        .where(ClosedTime.ends_at > func.now(), is_still_closed())
        .group_by(ClosedTime.resource_id)
        .subquery("standing")
    )
    booked: Any = select(
        SlotOccupancy.booking_id,
        SlotOccupancy.referral_id,
        SlotOccupancy.slot_id,
        SlotOccupancy.patient_id,
        Slot.starts_at,
        closed.c.reason,
        closed.c.words,
    )
    asked: Select[Any] = (
        booked.select_from(standing)
        .join(
            Slot,
            and_(
                Slot.resource_id == standing.c.resource_id,
                Slot.starts_at > func.now(),
                Slot.starts_at < standing.c.until,
            ),
        )
        .join(SlotOccupancy, SlotOccupancy.slot_id == Slot.id)
        .join(closed, true())
        .where(access.readable_by(session, Thing.BOOKINGS, SlotOccupancy.patient_id))
    )
    return asked


class Given:
    """Times that lines above were given: of whom, and of which doctor, room or device."""

    def __init__(self) -> None:
        self._taken: dict[Hashable, list[tuple[datetime, datetime]]] = {}

    def meets(self, slot: FreeSlot, patient_id: UUID) -> bool:
        """Whether the slot overlaps one of them."""
        return any(
            begins < slot.ends_at and slot.starts_at < ends
            for whose in self._keys(slot, patient_id)
            for begins, ends in self._taken.get(whose, ())
        )

    def give(self, slot: FreeSlot, patient_id: UUID) -> None:
        for whose in self._keys(slot, patient_id):
            self._taken.setdefault(whose, []).append((slot.starts_at, slot.ends_at))

    def _keys(self, slot: FreeSlot, patient_id: UUID) -> tuple[Hashable, ...]:
        return patient_id, (slot.facility_id, slot.resource.en)


def _with_best(session: ActorSession, row: Any, given: Given) -> Displaced:
    """The best slot that meets nothing of what lines above were given."""
    at = now()
    answer = REFERRAL_PAGE.fetch(
        session, True, referral_id=row.referral_id, at=at, day=today(), zone=str(zone())
    )
    referral, places = referral_from(answer), facilities_from(answer.places)
    ranked = (
        each
        for each in ranked_from(answer, places, referral, order=order_from(answer), at=at)
        if not each.given_up and not given.meets(each.slot, row.patient_id)
    )
    best = next(ranked, None)
    if best:
        given.give(best.slot, row.patient_id)
    former = places.get(referral.booking.facility_id) if referral.booking else None
    return Displaced(
        row.booking_id, referral, patient_from(answer.patient), former, row.reason, row.words, best
    )
