"""WADO-RS and QIDO-RS for browsers."""
