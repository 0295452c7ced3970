"""Whose picture is it, and can it belong to this study? Decided from what was sent, or left to a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from identity.people.enumerations import Birth


@dataclass(frozen=True, slots=True)
class ReportedPerson:
    """What a device, or an archive behind us, says about the person: each of it may be missing."""

    identifier: str = ""
    name: str = ""
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patient who has the sent identifier. `national`: it is one that nobody else in the country has."""

    patient_id: UUID
    family_name: str
    birth: Birth
    national: bool


def owner_of(candidates: Sequence[Candidate], reported: ReportedPerson) -> UUID | None:
    """The one patient whom more than a number names; None leaves the study to an operator.

    A number alone is never enough: any device may send any number, and a laboratory's card number is given again
    elsewhere. A national identifier needs the birth date or the family name beside it, any other number needs both.
    A birth date that differs always says no, and of which less is known than the day says nothing; a name may differ, since devices write it in Latin letters.
    """
    matching = [each.patient_id for each in candidates if _matches(each, reported)]
    return matching[0] if len(matching) == 1 else None


def identifies_other_person(known: ReportedPerson, reported: ReportedPerson) -> bool:
    """Whether an object cannot belong to a study of the known person.

    A study that came with an identifier takes nothing without it, and nothing that names another birth date.
    """
    if known.identifier and reported.identifier != known.identifier:
        return True
    return None not in {known.birth_date, reported.birth_date} and known.birth_date != reported.birth_date


def _matches(candidate: Candidate, reported: ReportedPerson) -> bool:
    if reported.birth_date and not candidate.birth.may_be(Birth(reported.birth_date)):
        return False
    born = reported.birth_date is not None and candidate.birth.exact
    named = _plain(candidate.family_name) in _family_names(reported.name)
    return (born or named) if candidate.national else (born and named)


def _family_names(name: str) -> set[str]:
    """The family name in each way of writing that the value holds (PN, DICOM PS3.5 6.2.1.2)."""
    return {_plain(group.split("^")[0]) for group in name.split("=")} - {""}


def _plain(name: str) -> str:
    return name.strip().casefold().replace("ё", "е")
