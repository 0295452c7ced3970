"""What can be asked for, how soon, and why: words that other rooms may say."""

import re
from enum import StrEnum
from typing import Self

from foundation.errors import BadInput


class ServiceKind(StrEnum):
    CONSULTATION = "consultation"
    TEST = "test"
    IMAGING = "imaging"
    BED = "bed"


class Priority(StrEnum):
    """The form of care of the referral form 057/у: emergency goes before everything else."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    PLANNED = "planned"


SOONER_THAN_PLANNED = frozenset({Priority.EMERGENCY, Priority.URGENT})


# WHO ICD-10, volume 2, 2.4: a letter, two digits, after a dot the fourth character, and perhaps one more of the
# supplementary subdivisions (S72.00: a closed fracture). What is longer, or holds a letter further on, as S72.001 and
# C7A do, is of a national modification (ICD-10-CM of the United States), which is not in use in Russia.
_ICD10 = re.compile(r"[A-Z][0-9]{2}(\.[0-9]{1,2})?")
# А, В, Е and others look the same on both keyboards, so that nobody sees what is wrong with such a code.
_RUSSIAN_LETTER = re.compile(r"[А-ЯЁа-яё]")


class DiagnosisCode(str):
    """A code of ICD-10 as a doctor types it, in a note as in a referral: too many to list, known by how they are written.

    What other systems sent keeps the codes that they sent.

    Raises:
        BadInput: other systems would not find the diagnosis; with a sentence of its own where a letter is Russian.
    """

    __slots__ = ()

    def __new__(cls, code: str) -> Self:
        if _RUSSIAN_LETTER.search(code):
            raise BadInput("The letter of an ICD-10 code is Latin. Change the keyboard and type it again.")
        if not _ICD10.fullmatch(code):
            raise BadInput("Enter an ICD-10 code, such as J06.9.")
        return super().__new__(cls, code)
