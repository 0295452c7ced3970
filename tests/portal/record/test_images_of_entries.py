"""An entry about images leads to the pictures themselves, where they are in the archive and the reader's to see."""

import re
from dataclasses import replace

from pydicom.uid import generate_uid

from tests.archive_gateway.studies.factories import study_of
from tests.emr.fhir_import.factories import imported_patient, person_with

ENTRY_ADDRESS = re.compile(r"/my/timeline/([0-9a-f-]{36})")


def test_an_entry_on_images_leads_to_its_own_study_and_to_nobody_elses(
    somebody, as_loader, client_for, people
):
    own, of_another = str(generate_uid()), study_of(as_loader, people.patient().id)

    def pictures(uid):
        identifier = [{"system": "urn:dicom:uid", "value": f"urn:oid:{uid}"}]
        return lambda who: {
            "resourceType": "ImagingStudy",
            "status": "available",
            "subject": {"reference": who},
            "identifier": identifier,
        }

    value = person_with(pictures(own), pictures(of_another))
    patient_id = imported_patient(as_loader, value, facility_id=somebody.doctor.facility_id)
    study_of(as_loader, patient_id, uid=own)
    citizen = client_for(replace(somebody.patient.actor, patient_id=patient_id))
    doctor = client_for(somebody.doctor.actor)
    entries = ENTRY_ADDRESS.findall(citizen.get("/my/timeline?kind=image").text)
    told = "".join(citizen.get(f"/my/timeline/{each}").text for each in entries)
    told_to_doctor = "".join(doctor.get(f"/emr/entries/{each}").text for each in entries)

    assert len(entries) == 2
    assert told.count(f'href="/my/images/{own}"') == 1
    assert told_to_doctor.count(f'href="/emr/patients/{patient_id}/images/{own}"') == 1
    assert of_another not in re.sub("<dd.*?</dd>", "", told + told_to_doctor)
    assert told.count('<a href="/my/images">') == 1
