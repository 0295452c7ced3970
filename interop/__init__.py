"""The interop room: the record for machines, as FHIR R4. It composes the rooms below and owns only what was handed out."""
