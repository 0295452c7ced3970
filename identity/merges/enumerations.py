"""What stands against joining two records."""

from enum import StrEnum


class MergeObstacle(StrEnum):
    """Words of identity.merge_records; `NONE` is none."""

    NONE = ""
    SAME = "same"
    OWN = "own"
    JOINED_ALREADY = "joined_already"
    HOLDS_ANOTHER = "holds_another"
    DEATH = "death"
    SNILS = "snils"
    TWIN_REFERRAL = "twin_referral"
    TWIN_BOOKING = "twin_booking"
    DOCUMENT = "document"
    ACCOUNTS = "accounts"
