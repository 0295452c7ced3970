"""What a code of ICD-10 is, and what is only like one."""

import pytest

from dispatch_backend.services.enumerations import DiagnosisCode
from foundation.errors import BadInput


@pytest.mark.parametrize("code", ["J06", "J06.9", "I20.85", "M15.0", "U07.1"])
def test_a_code_of_icd10_is_taken(code):
    DiagnosisCode(code)


@pytest.mark.parametrize(
    "code", ["", "a09", "A0", "A09.", "S72.001", "C7A", "C7A.0", "A09.X", "A09\n", "A٠٩", "A09.9 "]
)
def test_another_code_is_not(code):
    with pytest.raises(BadInput, match="Enter an ICD-10 code"):
        DiagnosisCode(code)


@pytest.mark.parametrize("code", ["А09", "а09"])
def test_a_russian_letter_in_a_code_is_told(code):
    with pytest.raises(BadInput, match="Change the keyboard"):
        DiagnosisCode(code)
