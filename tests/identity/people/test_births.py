"""A birth is known as far as it is known: a year is not its first of January."""

import pytest

from identity.people.enumerations import Birth


@pytest.mark.parametrize(
    ("text", "first", "last", "exact"),
    [
        ("1961", "1961-01-01", "1961-12-31", False),
        ("1960-02", "1960-02-01", "1960-02-29", False),
        ("1961-05-03", "1961-05-03", "1961-05-03", True),
    ],
)
def test_a_fhir_date_is_read_and_written_with_what_it_says(text, first, last, exact):
    birth = Birth.read(text)

    assert (f"{birth.first}", f"{birth.last}", birth.exact, str(birth)) == (first, last, exact, text)


@pytest.mark.parametrize(
    "text", ["", "61", "1961-13", "1961-02-30", "0000", "1961-05-03T00:00:00Z", "19610503"]
)
def test_what_is_no_date_is_none(text):
    with pytest.raises(ValueError, match=r"."):
        Birth.read(text)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1961", "1961-05-03", True),
        ("1961-05", "1961", True),
        ("1961-05", "1961-05-31", True),
        ("1961-05", "1961-06", False),
        ("1961", "1962-01-01", False),
        ("1961-01-01", "1961-01-02", False),
    ],
)
def test_a_day_within_a_year_does_not_contradict_it(one, other, same):
    assert Birth.read(one).may_be(Birth.read(other)) is same
    assert Birth.read(other).may_be(Birth.read(one)) is same
