"""A citizen's referrals and bookings."""
