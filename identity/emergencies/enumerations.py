"""Why a record is opened in an emergency, and what is said of it afterwards."""

from enum import StrEnum


class EmergencyReason(StrEnum):
    UNCONSCIOUS = "unconscious"
    LIFE_IN_DANGER = "life-in-danger"
    POISONING = "poisoning"
    CHILD_WITHOUT_PARENT = "child-without-parent"
    OTHER = "other"


class Verdict(StrEnum):
    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not_justified"
