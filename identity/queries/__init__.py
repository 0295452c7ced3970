"""What can be asked about people and facilities."""

from identity.queries import access
from identity.queries.facilities import (
    FacilityCard,
    all_facilities,
    dispatching_center,
    facilities_from,
    facility_by_code,
    facility_cards,
    facility_named,
    facility_rows,
)
from identity.queries.matching import patients_known_as
from identity.queries.patients import (
    PatientCard,
    PatientName,
    find_patients,
    known_patient,
    normal_identifier,
    patient_card,
    patient_from,
    patient_name_rows,
    patient_names_from,
    patient_rows,
)
from identity.queries.sessions import SignedIn, sign_in_of
from identity.queries.staff import (
    Post,
    StaffCard,
    posts_of,
    staff_by_identifier,
    staff_cards,
    staff_from,
    staff_rows,
)
from identity.rules.facilities import CENTER_CODE, FacilityKind
from identity.rules.people import AdministrativeGender
from identity.rules.snils import SYSTEM as SNILS
from identity.rules.snils import normal_snils

__all__ = [
    "CENTER_CODE",
    "SNILS",
    "AdministrativeGender",
    "FacilityCard",
    "FacilityKind",
    "PatientCard",
    "PatientName",
    "Post",
    "SignedIn",
    "StaffCard",
    "access",
    "all_facilities",
    "dispatching_center",
    "facilities_from",
    "facility_by_code",
    "facility_cards",
    "facility_named",
    "facility_rows",
    "find_patients",
    "known_patient",
    "normal_identifier",
    "normal_snils",
    "patient_card",
    "patient_from",
    "patient_name_rows",
    "patient_names_from",
    "patient_rows",
    "patients_known_as",
    "posts_of",
    "sign_in_of",
    "staff_by_identifier",
    "staff_cards",
    "staff_from",
    "staff_rows",
]
