"""What can be asked at the wire: a record as FHIR R4, through the person who asks."""

from interop.queries.records import patient_in_fhir, record_in_fhir

__all__ = ["patient_in_fhir", "record_in_fhir"]
