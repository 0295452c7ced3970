"""The code of a diagnosis as other rooms and other systems understand it."""

import re

from foundation.errors import RuleBroken

# ICD-10, the edition in use in Russia: Latin letter, two digits, perhaps a dot and one or two more.
_ICD10 = re.compile(r"[A-Z][0-9]{2}(\.[0-9]{1,2})?")


def require_icd10(code: str) -> None:
    """Refuse a code with Cyrillic look-alikes among the letters: other systems would not find the diagnosis."""
    if not _ICD10.fullmatch(code):
        raise RuleBroken(
            "The diagnosis code is not of ICD-10: a Latin letter and two digits, perhaps a dot and more, such as J06.9."
        )
