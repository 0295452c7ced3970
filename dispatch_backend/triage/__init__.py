"""What a triager looks through: the referrals that wait and have no slot, each to be read."""
