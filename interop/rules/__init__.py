"""What is right at the wire: how a record is told in FHIR R4, purely from plain values."""
