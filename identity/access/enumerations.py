"""Why a facility cares for a patient."""

from enum import StrEnum


class CareBasis(StrEnum):
    ATTACHMENT = "attachment"  # the patient is registered with this polyclinic
    REFERRAL = "referral"
    ENCOUNTER = "encounter"
    IMPORT = "import"
