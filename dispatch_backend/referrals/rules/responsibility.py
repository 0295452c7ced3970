"""Whose turn it is with an open referral, and by when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from dispatch_backend.referrals.enumerations import CLOSED, State

# Whoever did not come is called within this time: a missed visit is a question, not an end.
CALL_AFTER_MISSED_VISIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Responsibility:
    """Whose turn it is, and by when; nobody's once the referral is closed."""

    owner_id: UUID | None
    act_by: datetime | None


def next_responsibility(
    state: State,
    *,
    center_id: UUID,
    due_at: datetime,
    visit: tuple[UUID, datetime] | None,
    at: datetime,
) -> Responsibility:
    """Who owns the referral now.

    Args:
        visit: of a booked referral: the facility of its slot, and the slot's end.
    """
    if state in CLOSED:
        return Responsibility(None, None)
    if state is State.BOOKED and visit is not None:
        return Responsibility(*visit)
    if state is State.NO_SHOW:
        return Responsibility(center_id, at + CALL_AFTER_MISSED_VISIT)
    return Responsibility(center_id, due_at)
