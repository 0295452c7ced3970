"""FHIR content as it is kept: dates, narratives, context, and the digests of versions."""
