"""Referrals: their states, terms and history."""
