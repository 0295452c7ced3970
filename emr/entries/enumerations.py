"""Kinds of entries: words that other rooms may say."""

from collections.abc import Mapping
from enum import StrEnum

from foundation.language.bilingual import BilingualText, bilingual


class Kind(StrEnum):
    VISIT = "visit"
    NOTE = "note"
    DIAGNOSIS = "diagnosis"
    RESULT = "result"
    VITAL = "vital"
    MEDICINE = "medicine"
    ALLERGY = "allergy"
    IMMUNISATION = "immunisation"
    PROCEDURE = "procedure"
    IMAGE = "image"
    DOCUMENT = "document"
    PLAN = "plan"
    ADMINISTRATIVE = "administrative"


KIND_WORDS: Mapping[Kind, BilingualText] = {
    Kind.VISIT: bilingual("Visit"),
    Kind.NOTE: bilingual("Doctor’s note"),
    Kind.DIAGNOSIS: bilingual("Diagnosis"),
    Kind.RESULT: bilingual("Test result"),
    Kind.VITAL: bilingual("Measurement"),
    Kind.MEDICINE: bilingual("Medicine"),
    Kind.ALLERGY: bilingual("Allergy"),
    Kind.IMMUNISATION: bilingual("Vaccination"),
    Kind.PROCEDURE: bilingual("Procedure"),
    Kind.IMAGE: bilingual("Images"),
    Kind.DOCUMENT: bilingual("Document"),
    Kind.PLAN: bilingual("Plan"),
    Kind.ADMINISTRATIVE: bilingual("Administrative"),
}


# Bills and registration are kept in full, but are not what a person looks for in their record.
SHOWN_KINDS = tuple(kind for kind in Kind if kind is not Kind.ADMINISTRATIVE)
