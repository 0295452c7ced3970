"""What the region's staff are, and who works where."""

from foundation.language.bilingual import BilingualText
from identity.facilities.enumerations import FacilityKind
from identity.roles import Role

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
    "feldsher": BilingualText("Feldsher", "Фельдшер"),
    "laboratory assistant": BilingualText("Laboratory assistant", "Лаборант"),
    "reading radiologist": BilingualText("Radiologist", "Врач-рентгенолог"),
    "registrar": BilingualText("Medical registrar", "Медицинский регистратор"),
    "triager": BilingualText("Doctor who triages referrals", "Врач-координатор направлений"),
    "shift lead": BilingualText("Shift lead", "Старший смены"),
    "schedule keeper": BilingualText("Keeper of schedules", "Специалист по расписаниям и квотам"),
    "archive technician": BilingualText("Archive technician", "Техник архива снимков"),
    "head": BilingualText("Chief physician", "Главный врач"),
    "analyst": BilingualText("Ministry analyst", "Аналитик министерства"),
    "privacy officer": BilingualText("Privacy officer", "Ответственный за персональные данные"),
    "administrator": BilingualText("Administrator", "Администратор"),
}

# Whoever is not named here is a doctor.
ROLES = {
    "dispatcher": Role.DISPATCHER,
    "senior dispatcher": Role.DISPATCHER,
    "feldsher": Role.NURSE,
    "laboratory assistant": Role.LABORATORY_ASSISTANT,
    "reading radiologist": Role.RADIOLOGIST,
    "registrar": Role.REGISTRAR,
    "triager": Role.TRIAGER,
    "shift lead": Role.SHIFT_LEAD,
    "schedule keeper": Role.SCHEDULE_KEEPER,
    "archive technician": Role.ARCHIVE_TECHNICIAN,
    "head": Role.FACILITY_HEAD,
    "analyst": Role.MINISTRY_ANALYST,
    "privacy officer": Role.PRIVACY_OFFICER,
    "administrator": Role.ADMINISTRATOR,
}

# One of each, for those roles that the region's doctors and dispatchers do not have; two administrators, since neither keeps
# their own posts and it takes both to end the passkeys of somebody.
FURTHER_STAFF = (
    ("Nezhinka Village Clinic", "feldsher"),
    ("Orenburg Polyclinic No. 1", "registrar"),
    ("Orenburg Regional Hospital", "laboratory assistant"),
    ("Orenburg Regional Hospital", "reading radiologist"),
    ("Orenburg Regional Hospital", "archive technician"),
    ("Orenburg Regional Hospital", "head"),
    ("Dispatching Center of the Region", "triager"),
    ("Dispatching Center of the Region", "shift lead"),
    ("Dispatching Center of the Region", "schedule keeper"),
    ("Dispatching Center of the Region", "analyst"),
    ("Dispatching Center of the Region", "privacy officer"),
    ("Dispatching Center of the Region", "administrator"),
    ("Dispatching Center of the Region", "administrator"),
)

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
