"""What the region's doctors are, and who works where."""

from foundation.language import Text
from identity.rules.facilities import FacilityKind

SPECIALTIES = {
    "therapist": Text("General practitioner", "Врач-терапевт участковый"),
    "paediatrician": Text("Paediatrician", "Врач-педиатр участковый"),
    "cardiologist": Text("Cardiologist", "Врач-кардиолог"),
    "neurologist": Text("Neurologist", "Врач-невролог"),
    "endocrinologist": Text("Endocrinologist", "Врач-эндокринолог"),
    "pulmonologist": Text("Pulmonologist", "Врач-пульмонолог"),
    "allergist": Text("Allergist and immunologist", "Врач аллерголог-иммунолог"),
    "surgeon": Text("Surgeon", "Врач-хирург"),
    "traumatologist": Text("Traumatologist and orthopaedist", "Врач травматолог-ортопед"),
    "oncologist": Text("Oncologist", "Врач-онколог"),
    "obstetrician": Text("Obstetrician and gynaecologist", "Врач акушер-гинеколог"),
    "radiologist": Text("Radiologist", "Врач-рентгенолог"),
    "sonographer": Text("Ultrasound diagnostician", "Врач ультразвуковой диагностики"),
    "dispatcher": Text("Dispatcher", "Диспетчер"),
    "senior dispatcher": Text("Senior dispatcher", "Старший диспетчер"),
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
