"""A radiologist begins with the studies that came last, and reads each with the referral and what was taken before."""

from uuid import uuid4

import pytest

from identity.roles import Role
from tests.archive_gateway.dicom.factories import data_set, write
from tests.archive_gateway.storing import store_file
from tests.dispatch_backend.factories import Desk
from tests.pages import read

PAGE = "/emr/reading"


@pytest.fixture
def desk(people, as_actor, as_loader) -> Desk:
    return Desk(people, as_actor, as_loader)


@pytest.fixture
def radiologist(people, client_for, desk):
    browser = client_for(people.staff(Role.RADIOLOGIST, facility_id=desk.doctor.facility_id).actor)
    browser.set_cookie("language", "en")
    return browser


@pytest.fixture
def sent(as_loader, tmp_path, ingestor):
    """`sent(patient, "Chest")`: a device has sent a study of that name, whose number is told."""

    def made(patient, description):
        written = write(data_set(patient=patient, StudyDescription=description), tmp_path / uuid4().hex)
        with as_loader() as session:
            store_file(session, written.path, ingestor=ingestor)
        return written.study_uid

    return made


def test_what_came_last_is_listed_and_opens_with_its_referral_and_what_came_before(
    desk, radiologist, sent, walls
):
    patient = desk.patient(family_name="Снимкова")
    desk.sent(patient, reason="Cough for three weeks")
    prior, newest = sent(patient, "Chest before"), sent(patient, "Chest now")
    page, own = radiologist.get(PAGE), radiologist.get(f"{PAGE}/{patient.id}")
    viewer = radiologist.get(f"/emr/patients/{patient.id}/images/{newest}")

    assert read(page).index("Chest now") < read(page).index("Chest before")
    assert "Snimkova" in read(page)
    assert "Cough for three weeks" in read(own)
    assert all(uid in own.text for uid in (prior, newest))
    assert viewer.status_code == 200
    assert f'href="{PAGE}/{patient.id}"' in viewer.text


def test_nothing_of_a_patient_who_is_not_in_care_is_listed_or_opened(desk, people, client_for, sent, walls):
    patient = desk.patient(family_name="Чужакова")
    sent(patient, "Knee")
    elsewhere = client_for(people.staff(Role.RADIOLOGIST, facility_id=people.facility()).actor)
    elsewhere.set_cookie("language", "en")
    foreign, absent = (elsewhere.get(f"{PAGE}/{each}") for each in (patient.id, uuid4()))

    assert "Chuzhakova" not in read(elsewhere.get(PAGE))
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert read(foreign) == read(absent)


def test_no_note_is_told_and_the_chart_stays_closed(desk, radiologist, sent, as_actor):
    from tests.emr.notes.factories import signed_note

    patient = desk.patient()
    signed_note(as_actor, desk.doctor, patient.id, complaints="Secret complaint")
    sent(patient, "Chest")

    assert "Secret complaint" not in read(radiologist.get(f"{PAGE}/{patient.id}"))
    assert radiologist.get(f"/emr/patients/{patient.id}").status_code == 403


def test_the_patient_reads_that_the_list_was_opened(desk, radiologist, sent, client_for):
    patient = desk.patient()
    sent(patient, "Chest")
    radiologist.get(PAGE)
    browser = client_for(patient.actor)
    browser.set_cookie("language", "en")
    log = read(browser.get("/my/access"))

    assert "The list of images was opened" in log
    assert "Radiologist" in log


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.TRIAGER, Role.DISPATCHER])
def test_the_page_is_for_radiologists(people, client_for, role):
    assert client_for(people.staff(role).actor).get(PAGE).status_code == 403
