"""The reader's own referrals and bookings, with the places that they lead to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch_backend.bookings.queries.referral_cards import (
    ReferralCard,
    patient_referral_selects,
    referrals_from,
)
from dispatch_backend.referrals.enumerations import BOOKABLE
from foundation.database.combined_query import CombinedQuery
from foundation.database.transactions import ActorSession
from identity.facilities.queries import FacilityCard, facilities_from


@dataclass(frozen=True, slots=True)
class DispatchHistory:
    """Every referral, the newest first, and the facilities that they name."""

    referrals: Sequence[ReferralCard]
    facilities: Mapping[UUID, FacilityCard]

    def upcoming(self, at: datetime) -> list[ReferralCard]:
        """Referrals with a booking still to come, the nearest first."""
        booked = [
            (each.booking.starts_at, each)
            for each in self.referrals
            if each.booking and each.booking.ends_at > at
        ]
        return [each for _starts_at, each in sorted(booked, key=lambda pair: pair[0])]

    @property
    def waiting(self) -> list[ReferralCard]:
        """Referrals for which no time has been found yet."""
        return [each for each in self.referrals if each.state in BOOKABLE]


def dispatch_history_of(session: ActorSession) -> DispatchHistory:
    """The reader's referrals; none where there is no reader of their own record."""
    return history_from(HISTORY.fetch(session))


def history_from(answer: Any) -> DispatchHistory:
    """What a combined query with `patient_referral_selects` in it tells."""
    return DispatchHistory(referrals_from(answer), facilities_from(answer.places))


HISTORY = CombinedQuery(lambda session: patient_referral_selects(session, session.actor.patient_id))
