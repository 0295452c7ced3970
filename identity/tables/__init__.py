"""What identity keeps: facilities, patients and who cares for them, staff and their posts, accounts and sessions."""

from identity.tables.accounts import Account, PatientLink
from identity.tables.care import CareRelation
from identity.tables.facilities import Facility
from identity.tables.patients import Patient, PatientIdentifier
from identity.tables.sessions import IdToken, LogoutMessage, Session, SessionEnd, SignInAttempt
from identity.tables.staff import StaffMember, StaffPost

__all__ = [
    "Account",
    "CareRelation",
    "Facility",
    "IdToken",
    "LogoutMessage",
    "Patient",
    "PatientIdentifier",
    "PatientLink",
    "Session",
    "SessionEnd",
    "SignInAttempt",
    "StaffMember",
    "StaffPost",
]
