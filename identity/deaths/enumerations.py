"""By what a death is known, and why one that was recorded is undone."""

from enum import StrEnum


class DeathDocumentKind(StrEnum):
    MEDICAL_CERTIFICATE = "medical_certificate"  # form 106/у, with which relatives come first
    DEATH_CERTIFICATE = "death_certificate"  # of the civil registry
    REGISTRY_NOTICE = "registry_notice"  # what the civil registry tells by itself
    COURT_DECISION = "court_decision"


class UndoingReason(StrEnum):
    PERSON_LIVES = "person_lives"
    ANOTHER_PERSON = "another_person"
    BY_MISTAKE = "by_mistake"
