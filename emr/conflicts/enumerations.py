"""What a registrar answers to a conflict."""

from enum import StrEnum


class Choice(StrEnum):
    """`CONFIRMED`: of a provisional patient, who they are by their document."""

    THEIRS = "theirs"
    OURS = "ours"
    ANOTHER_PERSON = "another-person"
    CONFIRMED = "confirmed"
