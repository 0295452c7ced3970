"""How surely a provider knows a person: the eIDAS levels (Regulation (EU) 910/2014, article 8)."""

from enum import IntEnum


class Assurance(IntEnum):
    NONE = 0
    LOW = 1
    SUBSTANTIAL = 2
    HIGH = 3


# No medical record is opened below this level.
LOWEST_FOR_RECORDS = Assurance.SUBSTANTIAL
