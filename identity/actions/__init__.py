"""What can change about people and facilities."""

from identity.actions.care import begin_care
from identity.actions.registers import (
    Identifier,
    register_facility,
    register_patient,
    register_post,
    register_staff,
)
from identity.rules.care import CareBasis

__all__ = [
    "CareBasis",
    "Identifier",
    "begin_care",
    "register_facility",
    "register_patient",
    "register_post",
    "register_staff",
]
