"""The free slots that suit a referral best."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, select

from dispatch_backend.bookings.queries.referral_cards import ReferralCard, referral_page_selects
from dispatch_backend.bookings.rules.booking import notice_for
from dispatch_backend.capacity.queries import FreeSlot, free_slot_from, offer_rows
from dispatch_backend.referrals.enumerations import BOOKABLE
from dispatch_backend.referrals.tables.referrals import Referral
from dispatch_backend.routing import rules as ranking
from dispatch_backend.services.enumerations import Priority
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from identity.access import queries as access
from identity.facilities.queries import FacilityCard, facilities_from, facility_rows

MOST_SHOWN = 24


@dataclass(frozen=True, slots=True)
class RankedSlot:
    """A free slot as it suits one referral: how far it is by road, and whether the legal day is kept."""

    slot: FreeSlot
    facility: FacilityCard
    distance_km: float | None
    in_time: bool
    cost: ranking.Cost


def offer_selects(session: ActorSession, referral_id: Any, at: Any) -> Selects:
    """What may be offered for a referral that waits: to be fetched in a combined query, and read by `ranked_from`."""
    after = case(*((Referral.priority == each, at + notice_for(each)) for each in Priority))
    asked = (
        select(Referral.service_code, after.label("after"))
        .where(Referral.id == referral_id, Referral.state.in_(BOOKABLE))
        .where(access.readable_by(session, Referral.patient_id))
        .subquery("asked")
    )
    return {"places": facility_rows(), "slots": offer_rows(asked)}


def ranked_from(answer: Any, referral: ReferralCard, *, at: datetime) -> list[RankedSlot]:
    """The free slots that suit the referral best, the best first, seen from the patient's own facility."""
    facilities = facilities_from(answer.places)
    home = facilities.get(referral.from_facility_id)
    distances = {key: _distance(home, facility) for key, facility in facilities.items()}
    ranked = [
        _ranked(free_slot_from(row), facilities[row.facility_id], distances[row.facility_id], referral, at)
        for row in answer.slots
    ]
    return sorted(ranked, key=lambda each: (each.cost.total, each.slot.starts_at))[:MOST_SHOWN]


REFERRAL_PAGE = CombinedQuery(
    lambda session, referral_id, at: {
        **referral_page_selects(session, referral_id),
        **offer_selects(session, referral_id, at),
    }
)


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
