"""Opening the queue and a referral: reading is an act, so each leaves its audit row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from dispatch_backend.queries.cards import ReferralCard, ServiceCard
from dispatch_backend.queries.counters import Counters, counters
from dispatch_backend.queries.queue import QueueFilter, QueuePage, queue
from dispatch_backend.queries.queue_places import Place
from dispatch_backend.queries.referrals import referral_to_read
from dispatch_backend.queries.services import services
from dispatch_backend.queries.slots import RankedSlot, ranked_slots
from dispatch_backend.rules.states import BOOKABLE
from dispatch_backend.rules.terms import Pressure, pressure, used_share
from dispatch_backend.rules.worklist import NextStep, next_step
from foundation import audit
from foundation.clock import now
from foundation.database import ActorSession
from identity.queries import (
    FacilityCard,
    PatientCard,
    StaffCard,
    all_facilities,
    facility_cards,
    patient_card,
    staff_cards,
)


@dataclass(frozen=True, slots=True)
class OpenedQueue:
    page: QueuePage
    counters: Counters
    services: Sequence[ServiceCard]
    senders: Sequence[FacilityCard]
    facilities: Mapping[UUID, FacilityCard]


@dataclass(frozen=True, slots=True)
class OpenedReferral:
    """A referral with everything its page shows; `slots` only where one is to be booked (`bookable`)."""

    referral: ReferralCard
    patient: PatientCard
    facilities: Mapping[UUID, FacilityCard]
    staff: Mapping[UUID, StaffCard]
    slots: Sequence[RankedSlot]
    used: float
    pressure: Pressure
    next_step: NextStep
    bookable: bool
    begun: bool


def open_queue(session: ActorSession, *, wanted: QueueFilter, after: Place | None = None) -> OpenedQueue:
    """One page of the queue with its numbers.

    Each patient on it can see that a list with their name was opened, once for each session of a dispatcher.
    """
    at = now()
    page = queue(session, wanted=wanted, at=at, after=after)
    senders = all_facilities(session)
    audit.record(session, act="dispatch.opened", patient_id=None, object_kind="queue")
    audit.record_listed(
        session,
        act="referrals.listed",
        object_kind="referral",
        shown=[(row.patient.id, row.id) for row in page.rows],
    )
    return OpenedQueue(
        page=page,
        counters=counters(session, at=at),
        services=services(session),
        senders=senders,
        facilities={each.id: each for each in senders},
    )


def open_referral(session: ActorSession, referral_id: UUID) -> OpenedReferral:
    """One referral with its history and, while it waits, the slots that suit it.

    Raises:
        NotFound: no such referral, or its patient is not in the reader's care.
    """
    at = now()
    referral = referral_to_read(session, referral_id)
    patient = patient_card(session, referral.patient_id)
    audit.record(
        session,
        act="referral.opened",
        patient_id=referral.patient_id,
        object_kind="referral",
        object_id=referral.id,
    )
    share = used_share(sent_at=referral.submitted_at, due_at=referral.due_at, at=at)
    booking, bookable = referral.booking, referral.state in BOOKABLE
    return OpenedReferral(
        referral=referral,
        patient=patient,
        facilities=facility_cards(session, _facilities_of(referral)),
        staff=staff_cards(session, [referral.referrer_id, *(step.staff_id for step in referral.steps)]),
        slots=ranked_slots(session, referral, at=at) if bookable else [],
        used=share,
        pressure=pressure(share),
        next_step=next_step(referral.state, visit_ends_at=booking.ends_at if booking else None, at=at),
        bookable=bookable,
        begun=booking is not None and booking.starts_at <= at,
    )


def _facilities_of(referral: ReferralCard) -> list[UUID | None]:
    booked_at = referral.booking.facility_id if referral.booking else None
    return [referral.from_facility_id, booked_at, *(step.facility_id for step in referral.steps)]
