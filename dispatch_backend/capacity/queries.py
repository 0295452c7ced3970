"""Free slots, and the one to be booked."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Select,
    Text,
    Uuid,
    and_,
    cast,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from dispatch_backend.capacity.rules import LONGEST, Offered, minutes_between
from dispatch_backend.capacity.tables import Slot
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

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return minutes_between(self.starts_at, self.ends_at)


def offer_rows(
    asked: FromClause, *, of_each: int = OF_EACH_FACILITY, only: Sequence[ColumnElement[bool]] = ()
) -> Select[Any]:
    """The earliest free slots of each facility: to be fetched in a combined query, and read by `free_slot_from`.

    One short walk along the index of free slots for each facility, however full the others are.

    Args:
        asked: one row that says which `service_code`, and `after` when.
        only: what else must hold for a slot (`chosen`).
    """
    place = facility_rows().subquery("place")
    earliest = (
        select(Slot.id, Slot.facility_id, Slot.resource_en, Slot.resource_ru, Slot.starts_at, Slot.ends_at)
        .where(
            Slot.service_code == asked.c.service_code,
            Slot.facility_id == place.c.id,
            # In the words of the index of free slots: "taken IS false" would not prove it to the planner.
            not_(Slot.taken),
            Slot.starts_at > asked.c.after,
            *only,
        )
        .order_by(Slot.starts_at)
        .limit(of_each)
        .lateral("earliest")
    )
    rows: Select[Any] = (
        select(earliest)
        .select_from(asked)
        .join(place, true())
        .join(earliest, true())
        .order_by(earliest.c.starts_at, earliest.c.id)
    )
    return rows


def chosen(values: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """What a slot must be like, by those of these names that are given.

    Args:
        values: `slot_id`; `place_id`; `resource`, a pattern of LIKE for the doctor, room or device; `day_from` and
            `day_until`, moments.
    """
    conditions: dict[str, Callable[[Any], ColumnElement[bool]]] = {
        "slot_id": lambda value: Slot.id == value,
        "place_id": lambda value: Slot.facility_id == value,
        "resource": lambda value: or_(Slot.resource_ru.ilike(value), Slot.resource_en.ilike(value)),
        "day_from": lambda value: Slot.starts_at >= value,
        "day_until": lambda value: Slot.starts_at < value,
    }
    return [condition(values[name]) for name, condition in conditions.items() if name in values]


def free_slot_from(row: Any) -> FreeSlot:
    resource = BilingualText(row.resource_en, row.resource_ru)
    return FreeSlot(row.id, row.facility_id, resource, row.starts_at, row.ends_at)


def offered_times(
    session: ActorSession, facility_ids: Sequence[UUID], *, since: datetime, until: datetime
) -> list[tuple[tuple[UUID, str], Offered]]:
    """What these facilities offer between two moments, free or taken; each with its facility and its resource in English."""
    rows = session.execute(
        select(
            Slot.facility_id,
            Slot.resource_en,
            Slot.service_code,
            Slot.resource_ru,
            Slot.starts_at,
            Slot.ends_at,
        ).where(Slot.facility_id.in_(facility_ids), Slot.ends_at > since, Slot.starts_at < until)
    )
    return [
        (
            (row.facility_id, row.resource_en),
            Offered(row.service_code, row.resource_ru, row.starts_at, row.ends_at),
        )
        for row in rows
    ]


def slot_to_book(session: ActorSession, slot_id: UUID, *, leaving: UUID | None = None) -> Slot:
    """The slot, locked until the transaction ends, with whatever of its resource overlaps it.

    Args:
        leaving: a slot that is left for it, which is locked with what overlaps it in the same order: two who move their bookings
            crosswise would wait for each other.

    Raises:
        NotFound: no such slot.
    """
    for slot in slots_to_move(session, [each for each in (slot_id, leaving) if each]):
        if slot.id == slot_id:
            return slot
    raise NotFound("There is no such slot.")


def slots_to_move(session: ActorSession, slot_ids: Collection[UUID]) -> Sequence[Slot]:
    """These slots and whatever of their resources overlaps them, locked until the transaction ends."""
    wanted = aliased(Slot)
    # Whoever takes or frees one of them marks them all: everybody locks them in one order.
    beside = (
        select(Slot)
        .join(
            wanted,
            and_(
                wanted.id.in_(slot_ids),
                Slot.resource_id == wanted.resource_id,
                Slot.starts_at < wanted.ends_at,
                Slot.starts_at > wanted.starts_at - LONGEST,
                Slot.ends_at > wanted.starts_at,
            ),
        )
        .order_by(Slot.id)
        .with_for_update(of=Slot)
        .execution_options(populate_existing=True)
    )
    return session.scalars(beside).all()


def lock_subjects(session: ActorSession, *, patients: Collection[UUID], resources: Collection[UUID]) -> None:
    """Wait for whoever is occupying these patients or resources, and let others wait; in the order in which everybody does."""
    kinds = ["patient"] * len(patients) + ["resource"] * len(resources)
    subject = (
        func.unnest(cast(kinds, ARRAY(Text)), cast([*patients, *resources], ARRAY(Uuid)))
        .table_valued("kind", "id")
        .render_derived()
    )
    number = func.dispatch.subject_number(subject.c.kind, subject.c.id).label("number")
    numbers = select(number).order_by(number).subquery("numbers")
    session.execute(select(func.pg_advisory_xact_lock(numbers.c.number)))
