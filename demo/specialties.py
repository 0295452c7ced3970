"""What the region's doctors are, and who works where."""

from foundation.language.bilingual import BilingualText
from identity.facilities.enumerations import FacilityKind

SPECIALTIES = {
    "therapist": BilingualText("General practitioner", "Врач-терапевт участковый"),
    "paediatrician": BilingualText("Paediatrician", "Врач-педиатр участковый"),
    "cardiologist": BilingualText("Cardiologist", "Врач-кардиолог"),
    "neurologist": BilingualText("Neurologist", "Врач-невролог"),
    "endocrinologist": BilingualText("Endocrinologist", "Врач-эндокринолог"),
    "pulmonologist": BilingualText("Pulmonologist", "Врач-пульмонолог"),
    "allergist": BilingualText("Allergist and immunologist", "Врач аллерголог-иммунолог"),
    "surgeon": BilingualText("Surgeon", "Врач-хирург"),
    "traumatologist": BilingualText("Traumatologist and orthopaedist", "Врач травматолог-ортопед"),
    "oncologist": BilingualText("Oncologist", "Врач-онколог"),
    "obstetrician": BilingualText("Obstetrician and gynaecologist", "Врач акушер-гинеколог"),
    "radiologist": BilingualText("Radiologist", "Врач-рентгенолог"),
    "sonographer": BilingualText("Ultrasound diagnostician", "Врач ультразвуковой диагностики"),
    "dispatcher": BilingualText("Dispatcher", "Диспетчер"),
    "senior dispatcher": BilingualText("Senior dispatcher", "Старший диспетчер"),
}

WORKING_AT = {
    FacilityKind.DISPATCHING_CENTER: ("senior dispatcher", *("dispatcher",) * 7),
    FacilityKind.REGIONAL_HOSPITAL: (
        *("cardiologist", "neurologist", "endocrinologist", "pulmonologist", "allergist"),
        *("surgeon", "oncologist", "radiologist", "radiologist", "paediatrician", "traumatologist"),
    ),
    FacilityKind.CITY_HOSPITAL: (
        *("therapist", "cardiologist", "neurologist", "surgeon", "traumatologist"),
        *("pulmonologist", "obstetrician", "radiologist"),
    ),
    FacilityKind.DISTRICT_HOSPITAL: (
        *("therapist", "therapist", "paediatrician", "surgeon", "traumatologist"),
        *("obstetrician", "radiologist"),
    ),
    FacilityKind.POLYCLINIC: (
        *("therapist", "therapist", "therapist", "paediatrician", "cardiologist"),
        *("neurologist", "endocrinologist", "obstetrician"),
    ),
    FacilityKind.DIAGNOSTIC_CENTER: ("radiologist", "radiologist", "sonographer", "cardiologist"),
    FacilityKind.VILLAGE_CLINIC: ("therapist", "therapist", "paediatrician"),
}
