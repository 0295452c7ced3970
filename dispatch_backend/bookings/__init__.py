"""A referral's hold on a place, and what became of it."""
