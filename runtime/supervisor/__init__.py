"""Starts the whole service on one machine and keeps it running: `make run`, `python -m runtime.supervisor`."""
