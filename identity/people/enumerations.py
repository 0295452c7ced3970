"""Words and values about people that other rooms may say: names, and the administrative gender of FHIR."""

from dataclasses import dataclass
from enum import StrEnum


class AdministrativeGender(StrEnum):
    MALE = "male"
    FEMALE = "female"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PersonName:
    """What somebody is called; a middle name, in Russia the patronymic, not everybody has."""

    family: str
    given: str
    middle: str = ""
