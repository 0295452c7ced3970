"""FHIR bundles of other systems, read, checked and made ours."""
