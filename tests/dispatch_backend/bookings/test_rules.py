"""Which slot may be booked."""

from datetime import UTC, datetime, timedelta

import pytest

from dispatch_backend.bookings.rules import booking
from dispatch_backend.services.enumerations import Priority
from foundation.errors import RuleBroken

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_slot_needs_notice_except_in_an_emergency():
    soon = {"same_service": True, "taken": False, "starts_at": NOON + timedelta(hours=1), "at": NOON}

    booking.require_bookable(**soon, priority=Priority.EMERGENCY)
    with pytest.raises(RuleBroken, match="too soon"):
        booking.require_bookable(**soon, priority=Priority.PLANNED)


def test_a_slot_of_the_past_is_never_booked():
    with pytest.raises(RuleBroken, match="too soon"):
        booking.require_bookable(
            same_service=True, taken=False, starts_at=NOON, priority=Priority.EMERGENCY, at=NOON
        )


def test_a_slot_of_another_service_is_not_booked():
    with pytest.raises(RuleBroken, match="another service"):
        booking.require_bookable(
            same_service=False,
            taken=False,
            starts_at=NOON + timedelta(days=1),
            priority=Priority.PLANNED,
            at=NOON,
        )
