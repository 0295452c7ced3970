"""The free slots that suit a referral best."""

from dataclasses import dataclass
from datetime import datetime

from dispatch_backend.bookings.queries.referral_cards import ReferralCard
from dispatch_backend.bookings.rules.booking import notice_for
from dispatch_backend.capacity.queries import OF_EACH_FACILITY, OFFER, FreeSlot, free_slot_from
from dispatch_backend.routing import rules as ranking
from foundation.database.transactions import ActorSession
from identity.facilities.queries import FacilityCard, facilities_from

MOST_SHOWN = 24


@dataclass(frozen=True, slots=True)
class RankedSlot:
    """A free slot as it suits one referral: how far it is by road, and whether the legal day is kept."""

    slot: FreeSlot
    facility: FacilityCard
    distance_km: float | None
    in_time: bool
    cost: ranking.Cost


def ranked_slots(session: ActorSession, referral: ReferralCard, *, at: datetime) -> list[RankedSlot]:
    """The free slots that suit the referral best, the best first, seen from the patient's own facility."""
    after = at + notice_for(referral.priority)
    answer = OFFER.fetch(session, OF_EACH_FACILITY, service_code=referral.service_code, after=after)
    facilities = facilities_from(answer.facilities)
    home = facilities.get(referral.from_facility_id)
    distances = {key: _distance(home, facility) for key, facility in facilities.items()}
    ranked = [
        _ranked(free_slot_from(row), facilities[row.facility_id], distances[row.facility_id], referral, at)
        for row in answer.slots
    ]
    return sorted(ranked, key=lambda each: (each.cost.total, each.slot.starts_at))[:MOST_SHOWN]


def _ranked(
    slot: FreeSlot, facility: FacilityCard, distance: float | None, referral: ReferralCard, at: datetime
) -> RankedSlot:
    return RankedSlot(
        slot=slot,
        facility=facility,
        distance_km=distance,
        in_time=slot.starts_at < referral.due_at,
        cost=ranking.cost(
            submitted_at=referral.submitted_at,
            due_at=referral.due_at,
            starts_at=slot.starts_at,
            at=at,
            distance_km=distance,
        ),
    )


def _distance(home: FacilityCard | None, facility: FacilityCard) -> float | None:
    if home is None:
        return None
    return ranking.road_km((home.latitude, home.longitude), (facility.latitude, facility.longitude))
