"""Offering times in bulk; for loaders."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from dispatch_backend.capacity.tables import Slot
from foundation.database.bulk import WrittenRows, add_written, write_rows
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from foundation.language.bilingual import BilingualText


@dataclass(frozen=True, slots=True)
class NewSlot:
    """A time at a doctor, room or device."""

    service_code: str
    facility_id: UUID
    resource: BilingualText
    starts_at: datetime
    ends_at: datetime
    id: UUID = field(default_factory=new_id)


def add_slots(session: ActorSession, slots: Sequence[NewSlot]) -> None:
    """Offer these times; for loaders."""
    enter_slots(session, write_slots(slots))


def enter_slots(session: ActorSession, slots: WrittenRows) -> None:
    """The same of times that are written out."""
    add_written(session, Slot, slots)


def write_slots(slots: Sequence[NewSlot]) -> WrittenRows:
    """The times, written out for `enter_slots`. No database is needed."""
    rows = [
        {
            "id": each.id,
            "service_code": each.service_code,
            "facility_id": each.facility_id,
            "resource_en": each.resource.en,
            "resource_ru": each.resource.ru,
            "starts_at": each.starts_at,
            "ends_at": each.ends_at,
        }
        for each in slots
    ]
    return write_rows(rows)
