"""Kinds of facility."""

from enum import StrEnum


class FacilityKind(StrEnum):
    DISPATCHING_CENTER = "dispatching_center"
    REGIONAL_HOSPITAL = "regional_hospital"
    CITY_HOSPITAL = "city_hospital"
    DISTRICT_HOSPITAL = "district_hospital"
    POLYCLINIC = "polyclinic"
    VILLAGE_CLINIC = "village_clinic"
    DIAGNOSTIC_CENTER = "diagnostic_center"


# Those that have beds, and are called for one.
HOSPITALS = frozenset(
    {FacilityKind.REGIONAL_HOSPITAL, FacilityKind.CITY_HOSPITAL, FacilityKind.DISTRICT_HOSPITAL}
)


CENTER_CODE = "DC-001"
