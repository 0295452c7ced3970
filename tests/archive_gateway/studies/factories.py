"""Studies that belong to somebody."""

from datetime import date
from uuid import UUID

from pydicom.uid import generate_uid

from archive_gateway.studies.actions.registering import Attribution, ReportedStudy, register_study


def study_of(
    as_loader, patient_id: UUID, *, taken_on: date = date(2026, 3, 5), taken_at: str = "", uid: str = ""
) -> str:
    """The identifier of a study that belongs to the patient."""
    uid = uid or str(generate_uid())
    with as_loader() as session:
        origin = ReportedStudy(uid, study_date=f"{taken_on:%Y%m%d}", study_time=taken_at, description="Chest")
        register_study(session, origin, Attribution(patient_id))
    return uid
