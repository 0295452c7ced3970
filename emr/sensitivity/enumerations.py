"""The labels of entries, as FHIR's `meta.security` names them."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from foundation.language.bilingual import BilingualText, bilingual


class Label(StrEnum):
    """Why an entry is open to the treating team alone: HL7 v3 ActCode, and R of v3-Confidentiality."""

    PSYCHIATRY = "PSY"
    ADDICTION = "ETH"
    HIV = "HIV"
    GENETICS = "GDIS"
    REPRODUCTION = "SEX"
    CONFIDENTIAL = "R"  # for another reason


LABEL_WORDS: Mapping[Label, BilingualText] = {
    Label.PSYCHIATRY: bilingual("Mental health"),
    Label.ADDICTION: bilingual("Addiction"),
    Label.HIV: bilingual("HIV"),
    Label.GENETICS: bilingual("Heredity"),
    Label.REPRODUCTION: bilingual("Reproductive health"),
    Label.CONFIDENTIAL: bilingual("Confidential"),
}


def labels_in(restrictions: Iterable[str] | None) -> tuple[Label, ...]:
    """The labels among the words that restrict an entry."""
    return tuple(Label(each) for each in restrictions or () if each in LABEL_WORDS)
