"""Another person's pictures: every address answers as if they did not exist, by each wall alone."""

from dataclasses import dataclass

import pytest

from archive_gateway.metadata.actions import pack_series
from archive_gateway.studies.queries.studies import studies_of
from tests.archive_gateway.dicom.factories import MadeImage, data_set, write
from tests.people import MadePatient


@dataclass(frozen=True)
class OwnedImage(MadeImage):
    owner: MadePatient


@pytest.fixture
def image(people, store, as_loader, tmp_path):
    """A picture of somebody, with packed metadata, and whose it is."""
    owner = people.patient(cared_for_at=people.facility())
    made = write(data_set(patient=owner), tmp_path / "a")
    filed = store(made.path)
    with as_loader() as session:
        pack_series(session, filed.series_id)
    return OwnedImage(**vars(made), owner=owner)


def addresses(image) -> list[str]:
    study = f"/studies/{image.study_uid}"
    return [
        f"{study}/metadata",
        f"{study}/series",
        f"{study}/series/{image.series_uid}/metadata",
        image.address,
        f"{image.address}/frames/1",
        f"{image.address}/frames/1/rendered",
        f"{study}/pictures/1",
    ]


def test_another_citizen_finds_nothing_at_any_address(walls, image, people, client_for):
    stranger = client_for(people.patient().actor)
    absent = stranger.get("/archive/studies/1.2.3/metadata")

    for address in addresses(image):
        answer = stranger.get(f"/archive{address}")

        assert (answer.status_code, answer.data) == (404, absent.data), address


def test_a_doctor_of_another_facility_finds_nothing_at_any_address(walls, image, people, client_for):
    stranger = client_for(people.doctor(facility_id=people.facility()).actor)

    for address in addresses(image):
        assert stranger.get(f"/emr/archive{address}").status_code == 404, address


def test_another_citizen_lists_no_study(walls, image, people, as_actor):
    stranger = people.patient().actor

    with as_actor(stranger) as session:
        assert studies_of(session, image.owner.id) == []


def test_an_unassigned_picture_is_found_by_nobody(walls, people, store, tmp_path, client_for):
    unassigned = write(data_set(), tmp_path / "a")
    store(unassigned.path)
    citizen, doctor = client_for(people.patient().actor), client_for(people.doctor().actor)

    for address in addresses(unassigned):
        assert citizen.get(f"/archive{address}").status_code == 404, address
        assert doctor.get(f"/emr/archive{address}").status_code == 404, address


def test_the_control_with_both_walls_off_a_stranger_would_see_it(
    application_wall_off, row_security_off, image, people, client_for, as_actor
):
    stranger = people.patient().actor
    browser = client_for(stranger)

    for address in addresses(image):
        assert browser.get(f"/archive{address}").status_code == 200, address
    with as_actor(stranger) as session:
        (listed,) = studies_of(session, image.owner.id)
    assert listed.study_instance_uid == image.study_uid


def test_a_dispatcher_has_no_business_with_pictures(image, people, client_for):
    dispatcher = client_for(people.dispatcher().actor)

    for address in addresses(image):
        assert dispatcher.get(f"/emr/archive{address}").status_code == 403, address


def test_nobody_signed_in_is_asked_to_sign_in(image, client):
    for address in addresses(image):
        assert client.get(f"/archive{address}").status_code == 401, address
        assert client.get(f"/emr/archive{address}").status_code == 401, address
