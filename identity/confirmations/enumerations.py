"""What a registrar has seen, why a link ends, and what stands against one."""

from enum import StrEnum


class DocumentKind(StrEnum):
    PASSPORT = "passport"
    FORM_2P = "form_2p"  # while a passport is being made anew
    BIRTH_CERTIFICATE = "birth_certificate"
    FOREIGN_PASSPORT = "foreign_passport"  # of another country
    RESIDENCE_PERMIT = "residence_permit"
    REFUGEE_DOCUMENT = "refugee_document"
    MILITARY_CARD = "military_card"


class LinkEndReason(StrEnum):
    BY_MISTAKE = "by_mistake"
    NOT_THE_PERSON = "not_the_person"
    PERSON_ASKED = "person_asked"


class LinkConflict(StrEnum):
    """Words of identity.link_conflict."""

    PATIENT_HAS_ACCOUNT = "patient_has_account"
    ACCOUNT_HAS_PATIENT = "account_has_patient"
