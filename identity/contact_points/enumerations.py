"""The words of contact details, FHIR's where it has them (ContactPoint.system)."""

from enum import StrEnum


class ContactSystem(StrEnum):
    EMAIL = "email"
    PHONE = "phone"


class Method(StrEnum):
    """How it was confirmed that a contact point is its owner's."""

    LINK = "link"  # by a link that was sent there
    IN_PERSON = "in-person"  # at the registrar's desk


class NoticeTopic(StrEnum):
    """Of what somebody may want to be told by e-mail."""

    SIGN_IN = "sign-in"
