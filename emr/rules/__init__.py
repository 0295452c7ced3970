"""What is right about entries: pure functions over plain values and FHIR resources."""
