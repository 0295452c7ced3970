"""When an electronic identity is somebody we know."""

import pytest

from identity.people.rules.assurance import Assurance
from identity.people.rules.snils import SNILS_SYSTEM, checksum, normal_snils
from identity.signing_in.rules import NOBODYS_IDENTIFIER, identifier_to_match, may_be_matched


@pytest.mark.parametrize("written", ["112-233-445 95", "11223344595", "112 233 445 95", "112-233-44595"])
def test_snils_is_the_same_however_it_is_written(written):
    assert identifier_to_match(SNILS_SYSTEM, written) == "11223344595"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "112-233-445 96",
        "1122334459",
        "112233445955",
        "00000000000",
        "abcdefghijk",
        "１１２２３３４４５９５",
    ],
)
def test_what_is_no_snils_is_nobody_s(written):
    assert identifier_to_match(SNILS_SYSTEM, written) == NOBODYS_IDENTIFIER


def test_the_checksum_counts_one_hundred_as_zero():
    nine = next(
        f"{number:09}" for number in range(123_456_789, 987_654_321) if _weighted(number) % 101 == 100
    )

    assert checksum(nine) == 0
    assert normal_snils(f"{nine}00") == f"{nine}00"


def test_every_single_slip_of_a_digit_is_noticed():
    right = "11223344595"

    for place in range(9):
        for digit in "0123456789":
            slipped = right[:place] + digit + right[place + 1 :]
            assert (normal_snils(slipped) is not None) is (slipped == right)


@pytest.mark.parametrize(
    ("level", "may"),
    [(Assurance.NONE, False), (Assurance.LOW, False), (Assurance.SUBSTANTIAL, True), (Assurance.HIGH, True)],
)
def test_only_a_surely_proven_person_is_matched(level, may):
    assert may_be_matched(level=level, identifier="11223344595") is may


def test_nobody_s_identifier_matches_nobody():
    assert not may_be_matched(level=Assurance.HIGH, identifier=NOBODYS_IDENTIFIER)


def test_an_identifier_of_another_system_is_taken_as_it_is():
    assert identifier_to_match("urn:other", " 010180-1234 ") == "010180-1234"


def _weighted(number):
    return sum(int(digit) * weight for digit, weight in zip(f"{number:09}", range(9, 0, -1), strict=True))
