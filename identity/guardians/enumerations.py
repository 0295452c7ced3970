"""By what an adult has a guardian, and why that ends."""

from enum import StrEnum


class GuardianDocument(StrEnum):
    AUTHORITY_ORDER = "authority_order"  # of the guardianship authority, that names the guardian
    GUARDIAN_CARD = "guardian_card"
    COURT_DECISION = "court_decision"


class GuardianBasis(StrEnum):
    INCAPACITY = "incapacity"
    LIMITED_CAPACITY = "limited_capacity"


class GuardianEndReason(StrEnum):
    COURT_OR_AUTHORITY = "court_or_authority"
    DOCUMENT_INVALID = "document_invalid"
    DEATH = "death"
    BY_MISTAKE = "by_mistake"
