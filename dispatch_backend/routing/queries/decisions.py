"""What a booking was chosen from: the times as a dispatcher saw them ranked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from dispatch_backend.routing.queries.offers import RankedSlot
from dispatch_backend.routing.rules import Cost

# Beyond thousandths nobody compares.
DIGITS = 3


@dataclass(frozen=True, slots=True)
class Decision:
    """The booked time among those that were shown.

    Attributes:
        place: of the booked time, the best being 1; None where it was not among them any more.
        of: how many were shown.
        cost: of the booked time; None as `place` is.
        version: of all that routing goes by.
        order_number: of the ministry's order in force; "" where there was none.
        ordered_on: its day; None where there was none.
    """

    place: int | None
    of: int
    cost: Cost | None
    version: int
    order_number: str
    ordered_on: date | None


def shown_as_kept(slots: Sequence[RankedSlot]) -> list[dict[str, Any]]:
    """What is kept of the times that were shown, the best first: each with its addends, and how its way was known."""
    return [
        {
            "slot": str(each.slot.id),
            "facility": str(each.facility.id),
            "starts_at": each.slot.starts_at.isoformat(),
            "cost": {name: round(share, DIGITS) for name, share in each.cost._asdict().items()},
            "minutes": each.way.minutes if each.way else None,
            "way_told": each.way.entered if each.way else None,
        }
        for each in slots
    ]


def decision_from(
    shown: Sequence[Mapping[str, Any]] | None, slot_id: UUID, *, version: int, order: tuple[str, date] | None
) -> Decision | None:
    """Nothing where the booking was chosen from nothing: entered in bulk, or before decisions were kept; or it is unreadable."""
    if shown is None:
        return None
    booked = str(slot_id)
    place = next((number for number, each in enumerate(shown, start=1) if each["slot"] == booked), None)
    return Decision(
        place=place,
        of=len(shown),
        cost=_cost_of(shown[place - 1]["cost"]) if place else None,
        version=version,
        order_number=order[0] if order else "",
        ordered_on=order[1] if order else None,
    )


def _cost_of(told: Mapping[str, Any]) -> Cost | None:
    try:
        return Cost(**{name: float(told[name]) for name in Cost._fields})
    except (KeyError, TypeError, ValueError):
        return None
