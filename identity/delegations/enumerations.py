"""Why somebody may act for somebody else, and where the law draws a line by age."""

from enum import StrEnum


class DelegationKind(StrEnum):
    PARENT = "parent"
    GUARDIAN = "guardian"  # of an adult, by a document
    GRANT = "grant"  # by the represented person's own will


class AgeLimitKind(StrEnum):
    """From a birthday on."""

    OWN_ACCESS = "own_access"  # a child decides alone, and signs in alone
    OF_AGE = "of_age"  # parents represent nobody any more
