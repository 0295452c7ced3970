"""Accounts at identity providers and the sessions that they open."""
