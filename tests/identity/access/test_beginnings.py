"""Care opens a record from its beginning on: what begins tomorrow opens nothing today, whichever wall is asked."""

from datetime import timedelta

import pytest

from foundation.clock import now
from identity.access.actions import HistoricalCare, load_care
from identity.access.enumerations import CareBasis
from identity.patients.queries.patients import find_patients


@pytest.fixture
def cared_for_since(people, as_loader):
    """A doctor, and a patient whose care by their facility begins then."""

    def made(began_at):
        doctor, patient = people.doctor(), people.patient()
        with as_loader() as session:
            load_care(
                session,
                [HistoricalCare(patient.id, doctor.facility_id, CareBasis.ATTACHMENT, began_at=began_at)],
            )
        return doctor, patient

    return made


@pytest.mark.parametrize(
    ("begins_in", "status"),
    [(timedelta(days=1), 404), (timedelta(minutes=5), 404), (timedelta(0), 200), (timedelta(days=-1), 200)],
    ids=["tomorrow", "soon", "now", "since yesterday"],
)
def test_a_record_is_open_from_the_beginning_of_care_on(
    cared_for_since, client_for, walls, begins_in, status
):
    doctor, patient = cared_for_since(now() + begins_in)
    browser = client_for(doctor.actor)

    for page in ("", "/entries/new", "/referrals/new"):
        answer = browser.get(f"/emr/patients/{patient.id}{page}", follow_redirects=True)
        assert (page, answer.status_code) == (page, status)


def test_whose_care_begins_tomorrow_is_not_found_by_name_today(people, cared_for_since, as_actor, walls):
    doctor, patient = cared_for_since(now() + timedelta(days=1))

    with as_actor(doctor.actor) as session:
        found = find_patients(session, text=patient.snils)

    assert found.patients == []
