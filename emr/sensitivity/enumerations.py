"""The words that restrict entries: their labels, as FHIR's `meta.security` names them, and that the patient hid them."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from foundation.language.bilingual import BilingualText, bilingual

# The word that stands among those that restrict an entry because the patient wants it.
HIDDEN = "hidden-by-patient"


class Label(StrEnum):
    """Why an entry is open to the treating team alone: HL7 v3 ActCode, and R of v3-Confidentiality."""

    PSYCHIATRY = "PSY"
    ADDICTION = "ETH"
    HIV = "HIV"
    GENETICS = "GDIS"
    REPRODUCTION = "SEX"
    CONFIDENTIAL = "R"  # for another reason


# HL7 v3 ActCode; what a sender means by R it says in another system.
LABEL_SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
# Those that a doctor puts on a note by hand: whoever does knows why.
BY_HAND = (Label.PSYCHIATRY, Label.ADDICTION, Label.HIV, Label.GENETICS, Label.REPRODUCTION)
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


def is_hidden(restrictions: Iterable[str] | None) -> bool:
    """Whether the patient has hidden it, by the words that restrict an entry."""
    return HIDDEN in (restrictions or ())
