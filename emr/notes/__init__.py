"""Consultation notes: written, changed and signed."""
