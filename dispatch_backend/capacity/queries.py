"""Free slots, and the one to be booked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import any_, not_, select, true

from dispatch_backend.capacity.tables import Slot
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.language.bilingual import BilingualText
from identity.facilities.queries import facility_rows

# A dispatcher compares places first and times second, so a full schedule of one place must not crowd out others.
OF_EACH_FACILITY = 3


@dataclass(frozen=True, slots=True)
class FreeSlot:
    id: UUID
    facility_id: UUID
    resource: BilingualText
    starts_at: datetime
    ends_at: datetime


def free_slots(
    session: ActorSession,
    service_code: str,
    *,
    after: datetime,
    facility_ids: Sequence[UUID],
    of_each: int = OF_EACH_FACILITY,
) -> list[FreeSlot]:
    """The earliest free slots of each of these facilities, the earliest first."""
    asked = {"service_code": service_code, "after": after, "facility_ids": list(facility_ids)}
    return [free_slot_from(row) for row in OFFER.fetch(session, of_each, **asked).slots]


def _offer(
    session: ActorSession, of_each: int, *, service_code: Any, after: Any, facility_ids: Any = None
) -> Selects:
    """One short walk along the index of free slots for each facility, however full the others are."""
    facilities = facility_rows()
    place = facilities.subquery("place")
    earliest = (
        select(Slot.id, Slot.facility_id, Slot.resource_en, Slot.resource_ru, Slot.starts_at, Slot.ends_at)
        .where(
            Slot.service_code == service_code,
            Slot.facility_id == place.c.id,
            # In the words of the index of free slots: "taken IS false" would not prove it to the planner.
            not_(Slot.taken),
            Slot.starts_at > after,
        )
        .order_by(Slot.starts_at)
        .limit(of_each)
        .lateral("earliest")
    )
    slots = (
        select(earliest)
        .select_from(place)
        .join(earliest, true())
        .order_by(earliest.c.starts_at, earliest.c.id)
    )
    if facility_ids is None:
        return {"facilities": facilities, "slots": slots}
    return {"slots": slots.where(place.c.id == any_(facility_ids))}


OFFER = CombinedQuery(_offer)


def free_slot_from(row: Any) -> FreeSlot:
    resource = BilingualText(row.resource_en, row.resource_ru)
    return FreeSlot(row.id, row.facility_id, resource, row.starts_at, row.ends_at)


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
