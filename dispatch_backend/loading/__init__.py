"""Referrals with their whole history, entered in bulk."""
