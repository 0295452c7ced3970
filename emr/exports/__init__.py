"""Records as they leave: signed content as FHIR R4, closed in itself, with who answers for it."""
