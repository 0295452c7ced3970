"""What a note is called: by who saw the patient, as people say it: "Endocrinologist", «Приём эндокринолога»."""

import re

from emr.terminology.rules.phrases import NOTHING
from foundation.language.bilingual import BilingualText, bilingual_in

# A position begins with the word for a doctor, which goes without saying where another noun follows.
DOCTOR = re.compile(r"^врач[-\s]", re.IGNORECASE)
CONSONANT = re.compile(r"[бвгджзклмнпрстфхцчшщ]$")
ADJECTIVE = re.compile(r"(?<=[бвгджзклмнпрстфхцчшщ])(ый|ий)$")


def note_headline(position: BilingualText) -> BilingualText:
    """What the note of somebody with this position is called; nothing where that cannot be said well."""
    whose = _whose(position.ru)
    if not position.en or not whose:
        return NOTHING
    return bilingual_in("note", "%(who)s", who=BilingualText(position.en, whose))


def _whose(position: str) -> str:
    """The genitive of a Russian position: терапевта участкового, врача ультразвуковой диагностики; "" if unsure."""
    named = position.strip().lower()
    bare = DOCTOR.sub("", named)
    return next(filter(None, (_genitive(each) for each in dict.fromkeys((bare, named)))), "")


def _genitive(words: str) -> str:
    """With the noun first, as positions are written; what follows it stands in the genitive already, adjectives apart."""
    noun, *rest = words.split() or [""]
    parts = noun.split("-")
    if not all(CONSONANT.search(each) for each in parts):
        return ""
    declined = "-".join(f"{each}а" for each in parts)
    return " ".join([declined, *(ADJECTIVE.sub("ого", each) for each in rest)])
