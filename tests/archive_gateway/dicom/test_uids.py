"""What is a UID."""

import pytest

from archive_gateway.dicom.rules.uids import is_uid


@pytest.mark.parametrize("text", ["1", "1.2.840.10008.1.2.1", "0.0", "1." + "2" * 62])
def test_digits_in_dotted_components_are_a_uid(text):
    assert is_uid(text)


@pytest.mark.parametrize(
    "text", ["", "1..2", ".1", "1.", "01.2", "1.02", "1.a", "1." + "2" * 63, "1.2\n", "١.٢", "../1"]
)
def test_anything_else_is_none(text):
    assert not is_uid(text)
