"""The code of a diagnosis: the one rule for what a doctor types, in a note as in a referral.

What other systems sent keeps the codes that they sent.
"""

import re

from foundation.errors import BadInput

# WHO ICD-10, volume 2, 2.4: a letter, two digits, after a dot the fourth character, and perhaps one more of the
# supplementary subdivisions (S72.00: a closed fracture). What is longer, or holds a letter further on, as S72.001 and
# C7A do, is of a national modification (ICD-10-CM of the United States), which is not in use in Russia.
_ICD10 = re.compile(r"[A-Z][0-9]{2}(\.[0-9]{1,2})?")
# А, В, Е and others look the same on both keyboards, so that nobody sees what is wrong with such a code.
_RUSSIAN_LETTER = re.compile(r"[А-ЯЁа-яё]")


def require_icd10(code: str) -> None:
    """Refuse what is not written like a code of ICD-10: other systems would not find the diagnosis.

    Raises:
        BadInput: with a sentence of its own where a letter was typed in Russian.
    """
    if _RUSSIAN_LETTER.search(code):
        raise BadInput("The letter of an ICD-10 code is Latin. Change the keyboard and type it again.")
    if not _ICD10.fullmatch(code):
        raise BadInput(
            "This is not an ICD-10 code: a Latin letter and two digits, perhaps a dot and one or two more, such as J06.9."
        )
