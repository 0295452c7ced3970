"""Opening a referral: reading is an act, so it leaves its audit row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from dispatch_backend.bookings.queries.referral_cards import (
    ReferralCard,
    open_record_of_referral,
    referral_from,
)
from dispatch_backend.referrals.enumerations import BOOKABLE, MOVABLE
from dispatch_backend.routing.queries.offers import (
    REFERRAL_PAGE,
    OfferFilter,
    RankedSlot,
    hospitals_to_call,
    ranked_from,
)
from dispatch_backend.routing.queries.orders import RouteOrder, order_from
from dispatch_backend.routing.queries.places import PLACES, ThoughtOf, thought_of_from
from dispatch_backend.worklist.rules import Deadline, NextStep, deadline, next_step
from foundation import audit
from foundation.clock import now, today, zone
from foundation.database.transactions import ActorSession
from identity.facilities.queries import FacilityCard, facilities_from
from identity.patients.queries.patients import PatientCard, patient_from
from identity.staff.queries import StaffCard, staff_from

ANY_SLOT = OfferFilter()


@dataclass(frozen=True, slots=True)
class ReferralView:
    """A referral with everything its page shows; `slots`, and the `order` that they are ranked by, only where one is to be chosen.

    `hospitals` are to be called where a bed is needed now; elsewhere there are none.
    """

    referral: ReferralCard
    patient: PatientCard
    facilities: Mapping[UUID, FacilityCard]
    staff: Mapping[UUID, StaffCard]
    slots: Sequence[RankedSlot]
    order: RouteOrder | None
    hospitals: Sequence[FacilityCard]
    deadline: Deadline
    next_step: NextStep
    bookable: bool
    choosing: bool
    places: Mapping[UUID, FacilityCard]
    begun: bool
    day_has_come: bool

    @property
    def kept(self) -> dict[str, str]:
        """What the address of a page with slots says of it, whichever of them are looked for."""
        if not self.bookable:
            return {"move": "y"}
        return {"planned": "y"} if self.hospitals else {}


def open_referral(
    session: ActorSession, referral_id: UUID, *, wanted: OfferFilter = ANY_SLOT
) -> ReferralView:
    """One referral with its history and, while it waits or is to be moved, the slots that suit it.

    Raises:
        NotFound: no such referral, or its patient is not in the reader's care.
    """
    at = now()
    open_record_of_referral(session, referral_id)
    answer = REFERRAL_PAGE.fetch(
        session,
        wanted.moving,
        referral_id=referral_id,
        at=at,
        day=today(),
        zone=str(zone()),
        **wanted.values(zone()),
    )
    referral = referral_from(answer)
    _note_opened(session, referral)
    booking, bookable = referral.booking, referral.state in BOOKABLE
    visit_ends_at = booking.ends_at if booking else None
    places = facilities_from(answer.places)
    begun = booking is not None and booking.starts_at <= at
    choosing = bookable or (wanted.moving and referral.state in MOVABLE and not begun)
    order = order_from(answer) if choosing else None
    slots = ranked_from(answer, places, referral, order=order, at=at) if choosing else []
    return ReferralView(
        referral=referral,
        patient=patient_from(answer.patient),
        facilities=facilities_from(answer.facilities),
        staff=staff_from(answer.staff),
        slots=slots,
        order=order,
        hospitals=hospitals_to_call(referral, places, slots),
        deadline=deadline(
            submitted_at=referral.submitted_at,
            due_on=referral.due_on,
            due_at=referral.due_at,
            visit_ends_at=visit_ends_at,
            at=at,
            zone=zone(),
        ),
        next_step=next_step(referral.state, visit_ends_at=visit_ends_at, at=at),
        bookable=bookable,
        choosing=choosing,
        places=places,
        begun=begun,
        day_has_come=booking is not None
        and booking.starts_at.astimezone(zone()).date() <= at.astimezone(zone()).date(),
    )


@dataclass(frozen=True, slots=True)
class PlacesView:
    """A referral with every place that could be thought of for it."""

    referral: ReferralCard
    patient: PatientCard
    order: RouteOrder | None
    facilities: Mapping[UUID, FacilityCard]
    places: Sequence[ThoughtOf]


def open_places(session: ActorSession, referral_id: UUID) -> PlacesView:
    """The places that could be thought of for a referral, and why some are not offered.

    Raises:
        NotFound: no such referral, or its patient is not in the reader's care.
    """
    open_record_of_referral(session, referral_id)
    answer = PLACES.fetch(session, referral_id=referral_id, at=now(), day=today(), zone=str(zone()))
    referral, order = referral_from(answer), order_from(answer)
    _note_opened(session, referral)
    facilities = facilities_from(answer.places)
    return PlacesView(
        referral=referral,
        patient=patient_from(answer.patient),
        order=order,
        facilities=facilities,
        places=thought_of_from(answer, facilities, referral, order),
    )


def _note_opened(session: ActorSession, referral: ReferralCard) -> None:
    audit.record(
        session,
        act="referral.opened",
        patient_id=referral.patient_id,
        object_kind="referral",
        object_id=referral.id,
    )
