"""Entering what routing goes by; for loaders. Whatever is told otherwise than before makes the next version."""
