"""FHIR content as it is kept: canonical text, dates, narratives, context."""
