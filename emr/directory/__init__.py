"""Organisations, practitioners and places of other systems that records refer to."""
