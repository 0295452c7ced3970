"""Bytes by content: what is stored under a SHA-256 never changes."""
