"""Free slots, and the ones that suit a referral best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, func, literal, not_, select, true

from dispatch_backend.queries.cards import ReferralCard
from dispatch_backend.rules import ranking
from dispatch_backend.rules.booking import notice_for
from dispatch_backend.tables import Slot
from foundation.bilingual import BilingualText
from foundation.database import ActorSession
from foundation.errors import NotFound
from identity.queries import FacilityCard, all_facilities

# A dispatcher compares places first and times second, so a full schedule of one place must not crowd out others.
OF_EACH_FACILITY = 3
MOST_SHOWN = 24


@dataclass(frozen=True, slots=True)
class FreeSlot:
    id: UUID
    facility_id: UUID
    resource: BilingualText
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class RankedSlot:
    """A free slot as it suits one referral: how far it is by road, and whether the legal day is kept."""

    slot: FreeSlot
    facility: FacilityCard
    distance_km: float | None
    in_time: bool
    cost: ranking.Cost


def free_slots(
    session: ActorSession,
    service_code: str,
    *,
    after: datetime,
    facility_ids: Sequence[UUID],
    of_each: int = OF_EACH_FACILITY,
) -> list[FreeSlot]:
    """The earliest free slots of each of these facilities, the earliest first."""
    if not facility_ids:
        return []
    place = (
        func.unnest(literal(list(facility_ids), ARRAY(Uuid)))
        .table_valued("id", name="place")
        .render_derived()
    )
    # One short walk along the index of free slots for each facility, however full the others are.
    earliest = (
        select(Slot.id, Slot.facility_id, Slot.resource_en, Slot.resource_ru, Slot.starts_at, Slot.ends_at)
        .where(
            Slot.service_code == service_code,
            Slot.facility_id == place.c.id,
            not_(Slot.taken),
            Slot.starts_at > after,
        )
        .order_by(Slot.starts_at)
        .limit(of_each)
        .lateral("earliest")
    )
    rows = session.execute(
        select(earliest)
        .select_from(place)
        .join(earliest, true())
        .order_by(earliest.c.starts_at, earliest.c.id)
    )
    return [
        FreeSlot(
            row.id,
            row.facility_id,
            BilingualText(row.resource_en, row.resource_ru),
            row.starts_at,
            row.ends_at,
        )
        for row in rows
    ]


def ranked_slots(session: ActorSession, referral: ReferralCard, *, at: datetime) -> list[RankedSlot]:
    """The free slots that suit the referral best, the best first, seen from the patient's own facility."""
    facilities: Mapping[UUID, FacilityCard] = {each.id: each for each in all_facilities(session)}
    found = free_slots(
        session,
        referral.service_code,
        after=at + notice_for(referral.priority),
        facility_ids=list(facilities),
    )
    home = facilities.get(referral.from_facility_id)
    ranked = [_ranked(slot, facilities[slot.facility_id], home, referral, at) for slot in found]
    return sorted(ranked, key=lambda each: (each.cost.total, each.slot.starts_at))[:MOST_SHOWN]


def slot_to_book(session: ActorSession, slot_id: UUID) -> Slot:
    """The slot, locked until the transaction ends.

    Raises:
        NotFound: no such slot.
    """
    slot = session.scalar(
        select(Slot).where(Slot.id == slot_id).with_for_update().execution_options(populate_existing=True)
    )
    if slot is None:
        raise NotFound("There is no such slot.")
    return slot


def _ranked(
    slot: FreeSlot, facility: FacilityCard, home: FacilityCard | None, referral: ReferralCard, at: datetime
) -> RankedSlot:
    distance = _distance(home, facility)
    return RankedSlot(
        slot=slot,
        facility=facility,
        distance_km=distance,
        in_time=slot.starts_at < referral.due_at,
        cost=ranking.cost(
            sent_at=referral.submitted_at,
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
