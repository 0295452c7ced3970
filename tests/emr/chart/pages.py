"""The chart as a doctor sees it."""

import re
from html import unescape

from tests.emr.fhir_import.factories import imported_patient, person_with


def box(page: str, title: str) -> str:
    """The words of one box of the chart."""
    found = re.search(rf'<h2 class="panel__title">{title}</h2>(.*?)</section>', page, re.DOTALL)
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", found[1]).split()))


def charted(desk, doctor, as_loader, *made) -> str:
    patient_id = imported_patient(as_loader, person_with(*made), facility_id=doctor.facility_id)
    return desk.get(f"/emr/patients/{patient_id}").text
