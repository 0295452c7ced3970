"""What a person may be to the service."""

from enum import StrEnum


class Role(StrEnum):
    PATIENT = "patient"
    DOCTOR = "doctor"
    DISPATCHER = "dispatcher"
