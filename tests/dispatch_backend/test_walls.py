"""Two walls, each alone: what is not the reader's affair is not there."""

import pytest
from sqlalchemy import text

from dispatch_backend.bookings.actions.bookings import book_slot, cancel_booking
from dispatch_backend.bookings.queries.bookings import upcoming_bookings_of
from dispatch_backend.bookings.queries.referral_cards import referral_to_read, referrals_of
from dispatch_backend.worklist.queries.narrowing import QueueFilter
from dispatch_backend.worklist.queries.queue import queue
from foundation.clock import now
from foundation.errors import NotFound

TABLES = ("referral", "referral_event", "booking", "slot_occupancy")


def _strangers(people):
    """Another citizen, a doctor of another facility, and a dispatcher who works somewhere else."""
    elsewhere = people.dispatcher(facility_id=people.facility())
    return [people.patient().actor, people.doctor().actor, elsewhere.actor]


def test_strangers_find_nothing(desk, people, walled):
    patient = desk.patient()
    referral_id, slot_id = desk.sent(patient), desk.slot()
    booking_id = desk.booked(referral_id, slot_id)
    strangers = _strangers(people)
    walled()

    for stranger in strangers:
        with desk.as_actor(stranger) as session:
            assert referrals_of(session, patient.id) == []
            assert upcoming_bookings_of(session, patient.id, at=now()) == []
            assert queue(session, wanted=QueueFilter(), at=now()).rows == []
            with pytest.raises(NotFound):
                referral_to_read(session, referral_id)
        with pytest.raises(NotFound), desk.as_actor(stranger) as session:
            book_slot(session, referral_id, slot_id=slot_id)
        with pytest.raises(NotFound), desk.as_actor(stranger) as session:
            cancel_booking(session, booking_id, reason="x")


def test_each_address_answers_a_stranger_as_if_nothing_were_there(desk, people, client_for, walled):
    referral_id = desk.sent()
    booking_id = desk.booked(referral_id, desk.slot())
    stranger = client_for(_strangers(people)[2])
    walled()

    for address in (
        f"/dispatch/referrals/{referral_id}",
        "/dispatch/referrals/0198a3c4-0000-7000-8000-000000000000",
    ):
        assert stranger.get(address).status_code == 404
    for address in (
        f"/dispatch/bookings/{booking_id}/cancellation",
        f"/dispatch/bookings/{booking_id}/outcome",
        f"/dispatch/referrals/{referral_id}/booking",
        f"/dispatch/referrals/{referral_id}/withdrawal",
    ):
        assert stranger.post(address, data={}).status_code == 404
    assert str(referral_id) not in stranger.get("/dispatch").text


def test_the_sending_facility_and_the_patient_see_the_referral(desk, people, walled):
    patient = desk.patient()
    referral_id = desk.sent(patient)
    colleague = people.doctor(facility_id=desk.doctor.facility_id).actor
    walled()

    for reader in (patient.actor, colleague, desk.dispatcher.actor):
        with desk.as_actor(reader) as session:
            assert [card.id for card in referrals_of(session, patient.id)] == [referral_id]


def test_other_roles_and_citizens_do_not_come_to_the_desk(desk, client_for):
    referral_id = desk.sent()

    for address in ("/dispatch", "/dispatch/queue", f"/dispatch/referrals/{referral_id}"):
        assert client_for(desk.doctor.actor).get(address).status_code == 403
        assert client_for(desk.patient().actor).get(address).status_code == 303


@pytest.mark.parametrize("table", TABLES)
def test_a_stranger_sees_no_row_of_any_table_in_the_database_itself(desk, people, table):
    patient = desk.patient()
    desk.booked(desk.sent(patient), desk.slot())
    counting = text(f"SELECT count(*) FROM dispatch.{table} WHERE patient_id = :id")

    for stranger in _strangers(people):
        with desk.as_actor(stranger) as session:
            assert session.execute(counting, {"id": patient.id}).scalar_one() == 0
    with desk.as_actor(patient.actor) as session:
        assert session.execute(counting, {"id": patient.id}).scalar_one() > 0
