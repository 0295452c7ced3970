"""Starts the whole service on one machine and keeps it running: `make run`, `python -m foundation.supervisor`.

Every process is our own child and cannot outlive us. In production the same processes run by name under the
operator's own supervisor; `processes.py` lists them.
"""
