"""The reader's own referrals and bookings, with the places that they lead to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dispatch_backend.queries import BOOKABLE, ReferralCard, referrals_of
from foundation.database import ActorSession
from identity.queries import FacilityCard, facility_cards


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
    referrals = referrals_of(session, session.actor.patient_id) if session.actor.patient_id else []
    named = [each.from_facility_id for each in referrals]
    named += [each.booking.facility_id for each in referrals if each.booking]
    return DispatchHistory(referrals, facility_cards(session, named))
