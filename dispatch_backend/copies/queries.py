"""A person's referrals and bookings, for the copy of all their data."""

from dispatch_backend.bookings.tables import Booking, BookingCancellation, BookingOutcome
from dispatch_backend.referrals.tables.referrals import Referral, ReferralEvent
from foundation.language.bilingual import bilingual
from identity.access.enumerations import Thing
from identity.copies.queries import own_rows_part

COPY_PARTS = (
    own_rows_part(
        bilingual("Your referrals, and everything that happened to them."),
        Thing.REFERRALS,
        Referral,
        ReferralEvent,
    ),
    own_rows_part(
        bilingual("Your bookings, which of them were cancelled, and what came of the visits."),
        Thing.BOOKINGS,
        *(Booking, BookingCancellation, BookingOutcome),
    ),
)
