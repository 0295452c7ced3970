"""Whether what another system sent is FHIR R4 that can be taken in. Nothing here is stored."""
