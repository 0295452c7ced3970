"""Whose a picture is."""

from datetime import date
from uuid import uuid4

import pytest

from archive_gateway.studies.rules import Candidate, ReportedPerson, identifies_other_person, owner_of
from identity.people.enumerations import Birth

BORN = date(1960, 5, 3)


@pytest.mark.parametrize(
    ("name", "birth_date", "national", "meant"),
    [
        ("Ivanova^Anna", BORN, True, True),  # devices write Latin letters
        ("", BORN, True, True),
        ("ИВАНОВА^АННА", None, True, True),
        ("Ivanova^Anna=ИВАНОВА^АННА", None, True, True),
        ("Somebody^Else", None, True, False),
        ("", None, True, False),
        ("ИВАНОВА^АННА", date(1961, 1, 1), True, False),
        ("ИВАНОВА^АННА", BORN, False, True),
        ("Somebody^Else", BORN, False, False),
        ("ИВАНОВА^АННА", None, False, False),
    ],
)
def test_a_picture_belongs_to_whom_more_than_a_number_names(name, birth_date, national, meant):
    anna = Candidate(uuid4(), "Иванова", Birth(BORN), national)

    owner = owner_of([anna], ReportedPerson("any", name, birth_date))

    assert owner == (anna.patient_id if meant else None)


@pytest.mark.parametrize(
    ("name", "birth_date", "national", "meant"),
    [
        ("", BORN, True, False),
        ("ИВАНОВА^АННА", BORN, True, True),
        ("ИВАНОВА^АННА", BORN, False, False),
        ("ИВАНОВА^АННА", date(1961, 5, 3), True, False),
    ],
)
def test_a_birth_of_which_the_year_alone_is_known_may_say_no_and_never_yes(name, birth_date, national, meant):
    anna = Candidate(uuid4(), "Иванова", Birth.read("1960"), national)

    owner = owner_of([anna], ReportedPerson("any", name, birth_date))

    assert owner == (anna.patient_id if meant else None)


def test_a_picture_that_may_be_of_two_people_is_of_nobody():
    anna, boris = (Candidate(uuid4(), "Иванов", Birth(BORN), national=True) for _ in range(2))

    assert owner_of([anna, boris], ReportedPerson("any", "", BORN)) is None
    assert owner_of([], ReportedPerson("any", "", BORN)) is None


@pytest.mark.parametrize(
    ("known", "reported", "other"),
    [
        (ReportedPerson("17", "A^B", BORN), ReportedPerson("17", "A^C", BORN), False),
        (ReportedPerson("17", "A^B", BORN), ReportedPerson("17", "A^B", None), False),
        (ReportedPerson("17"), ReportedPerson("18"), True),
        (ReportedPerson("17"), ReportedPerson(""), True),
        (ReportedPerson("17", "", BORN), ReportedPerson("17", "", date(1931, 1, 1)), True),
        (ReportedPerson("", "", BORN), ReportedPerson("", "", date(1931, 1, 1)), True),
        (ReportedPerson(""), ReportedPerson("17"), False),
    ],
)
def test_a_study_takes_nothing_of_another_person(known, reported, other):
    assert identifies_other_person(known, reported) is other
