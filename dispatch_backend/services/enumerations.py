"""What can be asked for, and how soon: words that other rooms may say."""

from enum import StrEnum


class ServiceKind(StrEnum):
    CONSULTATION = "consultation"
    TEST = "test"
    IMAGING = "imaging"
    BED = "bed"


class Priority(StrEnum):
    """The form of care of the referral form 057/у: emergency goes before everything else."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    PLANNED = "planned"
