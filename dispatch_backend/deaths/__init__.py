"""What follows for referrals and bookings when a patient's death is recorded, or undone."""
