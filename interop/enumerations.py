"""Why a member of staff takes a record out of the house."""

from enum import StrEnum


class ExportReason(StrEnum):
    """Kept with the act, which its patient reads."""

    TRANSFER = "export-transfer"  # the patient goes to another hospital
    CONSULTATION = "export-consultation"  # somebody elsewhere is asked for advice
    PATIENT_ASKED = "export-patient-asked"
    AUTHORITY = "export-authority"  # the law demands it
