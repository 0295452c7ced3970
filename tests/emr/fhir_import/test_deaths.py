"""A death that a record tells of stands wherever the person is named on a desk, and with no more than is known of it."""

from datetime import date

import pytest
from sqlalchemy import text

from dispatch_backend.bookings.queries.referral_cards import referral_to_read
from foundation.language.dates import Precision
from identity.patients.actions import learn_deaths
from identity.patients.queries.patients import patient_card
from identity.people.enumerations import Death
from tests.dispatch_backend.factories import Desk
from tests.emr.fhir_import.factories import bundle, entry, imported_patient, patient_resource
from tests.pages import read


def _told(identifier: str, **changes: object) -> dict:
    return bundle(
        entry(patient_resource(identifier, id="1", **changes), "https://clinic.example/fhir/Patient/1")
    )


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"deceasedDateTime": "2020-05-03T23:30:00+05:00"}, "died: 3 May 2020"),
        ({"deceasedDateTime": "2020-05"}, "died: May 2020"),
        ({"deceasedDateTime": "2020"}, "died: 2020"),
        ({"deceasedBoolean": True}, "death recorded, day unknown"),
        ({"deceasedBoolean": False}, ""),
        ({}, ""),
    ],
)
def test_a_death_stands_beside_the_name_as_far_as_it_is_known(as_loader, desk, doctor, told, words):
    patient_id = imported_patient(
        as_loader, bundle(entry(patient_resource(**told))), facility_id=doctor.facility_id
    )

    heading = read(desk.get(f"/emr/patients/{patient_id}")).partition("Write a note")[0]

    assert words in heading
    assert ("died" in heading or "death" in heading) is bool(words)


def test_a_death_that_its_sender_takes_back_is_told_no_more(as_loader, as_administrator, doctor, people):
    identifier = people.patient().snils
    deaths = []
    for changes in ({"deceasedBoolean": True}, {}):
        patient_id = imported_patient(as_loader, _told(identifier, **changes), facility_id=doctor.facility_id)
        with as_loader() as session:
            deaths.append(patient_card(session, patient_id).death)

    assert [death is not None for death in deaths] == [True, False]
    with as_administrator() as connection:
        acts = connection.execute(
            text("SELECT act FROM foundation.audit_event WHERE patient_id = :id"), {"id": patient_id}
        ).scalars()
        assert list(acts).count("patient.death_learned") == 2


def test_a_dispatcher_who_looks_for_a_time_reads_of_it_too(people, as_actor, as_loader, client_for):
    dispatch = Desk(people, as_actor, as_loader)
    referral_id = dispatch.sent()
    with as_actor(dispatch.dispatcher.actor) as session:
        patient_id = referral_to_read(session, referral_id).patient_id
    dispatcher = client_for(dispatch.dispatcher.actor)
    address, english = f"/dispatch/referrals/{referral_id}", {"Accept-Language": "en"}
    assert "Death" not in read(dispatcher.get(address, headers=english))

    with as_loader() as session:
        learn_deaths(session, {patient_id: Death(date(2020, 5, 1), Precision.MONTH)})

    assert "Death May 2020" in read(dispatcher.get(address, headers=english))


def test_a_dispatcher_reads_that_the_day_is_not_known(people, as_actor, as_loader, client_for):
    dispatch = Desk(people, as_actor, as_loader)
    referral_id = dispatch.sent()
    with as_actor(dispatch.dispatcher.actor) as session:
        patient_id = referral_to_read(session, referral_id).patient_id
    with as_loader() as session:
        learn_deaths(session, {patient_id: Death(None, Precision.UNKNOWN)})

    page = read(client_for(dispatch.dispatcher.actor).get(f"/dispatch/referrals/{referral_id}"))

    assert "дата неизвестна" in page
