"""Codes and phrases of FHIR in words for people."""
