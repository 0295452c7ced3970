"""What can change about people and facilities, and who is signed in."""

from identity.actions.accounts import account_for
from identity.actions.care import PastCare, begin_care, end_care_by_referral, load_care, refer_into_care
from identity.actions.registers import (
    Identifier,
    NewFacility,
    NewPatient,
    NewStaffMember,
    register_facility,
    register_patient,
    register_post,
    register_staff,
)
from identity.actions.sessions import (
    begin_session,
    end_session,
    link_patient,
    replace_session,
    take_logout_message,
)
from identity.actions.sign_ins import Attempt, begin_sign_in, take_sign_in
from identity.rules.care import CareBasis
from identity.rules.people import PersonName

__all__ = [
    "Attempt",
    "CareBasis",
    "Identifier",
    "NewFacility",
    "NewPatient",
    "NewStaffMember",
    "PastCare",
    "PersonName",
    "account_for",
    "begin_care",
    "begin_session",
    "begin_sign_in",
    "end_care_by_referral",
    "end_session",
    "link_patient",
    "load_care",
    "refer_into_care",
    "register_facility",
    "register_patient",
    "register_post",
    "register_staff",
    "replace_session",
    "take_logout_message",
    "take_sign_in",
]
