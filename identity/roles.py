"""What a person may be to the service, in words for machines and in words for people."""

from enum import StrEnum

from foundation.language.bilingual import BilingualText, bilingual


class Role(StrEnum):
    PATIENT = "patient"
    DOCTOR = "doctor"
    NURSE = "nurse"  # or feldsher, who works alone where there is no doctor
    LABORATORY_ASSISTANT = "laboratory-assistant"
    RADIOLOGIST = "radiologist"
    REGISTRAR = "registrar"
    DISPATCHER = "dispatcher"
    TRIAGER = "triager"
    SHIFT_LEAD = "shift-lead"
    SCHEDULE_KEEPER = "schedule-keeper"  # and of quotas
    ARCHIVE_TECHNICIAN = "archive-technician"
    FACILITY_HEAD = "facility-head"
    MINISTRY_ANALYST = "ministry-analyst"
    PRIVACY_OFFICER = "privacy-officer"
    ADMINISTRATOR = "administrator"


# Whoever looks by a link that a citizen gave: nobody's role, for they have no account and no post here.
SHARE = "share"

# Who works the queue of the Dispatching Center.
DISPATCHING = (Role.DISPATCHER, Role.SHIFT_LEAD)
STAFF_ROLES = tuple(role for role in Role if role is not Role.PATIENT)


# Of staff; a patient is told of by name.
ROLE_NAMES: dict[Role, BilingualText] = {
    Role.DOCTOR: bilingual("Doctor"),
    Role.NURSE: bilingual("Nurse or feldsher"),
    Role.LABORATORY_ASSISTANT: bilingual("Laboratory assistant"),
    Role.RADIOLOGIST: bilingual("Radiologist"),
    Role.REGISTRAR: bilingual("Registrar"),
    Role.DISPATCHER: bilingual("Dispatcher"),
    Role.TRIAGER: bilingual("Triager"),
    Role.SHIFT_LEAD: bilingual("Shift lead"),
    Role.SCHEDULE_KEEPER: bilingual("Keeper of schedules and quotas"),
    Role.ARCHIVE_TECHNICIAN: bilingual("Archive technician"),
    Role.FACILITY_HEAD: bilingual("Head of a facility"),
    Role.MINISTRY_ANALYST: bilingual("Ministry analyst"),
    Role.PRIVACY_OFFICER: bilingual("Privacy officer"),
    Role.ADMINISTRATOR: bilingual("Administrator"),
}
