"""Why a facility cares for a patient."""

from enum import StrEnum


class CareBasis(StrEnum):
    ATTACHMENT = "attachment"  # the patient is registered with this polyclinic
    REFERRAL = "referral"
    ENCOUNTER = "encounter"
    IMPORT = "import"


class Scope(StrEnum):
    """A part of what is kept about a person, as somebody may be let see it."""

    RECORD = "record"
    BOOKINGS = "bookings"  # referrals and visits
    IMAGES = "images"
