"""Referring a patient out of the chart."""
