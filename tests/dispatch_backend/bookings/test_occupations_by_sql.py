"""What somebody who runs SQL of their own still cannot do: have a patient, doctor, room or device in two places; and what stood before."""

from datetime import timedelta
from importlib import import_module

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from dispatch_backend.bookings.actions.bookings import cancel_booking
from dispatch_backend.referrals.actions.constraint_errors import refusal_for
from foundation.clock import now
from foundation.errors import RuleBroken
from foundation.identifiers import new_id
from foundation.postgres.roles import OWNER

MRI = "I-MRI"
BOOK = text(
    "INSERT INTO dispatch.booking (id, referral_id, patient_id, slot_id, booked_by) "
    "SELECT :booking, id, patient_id, :slot, foundation.actor_staff() FROM dispatch.referral WHERE id = :referral"
)
OCCUPY = text(
    "INSERT INTO dispatch.slot_occupancy (slot_id, booking_id, referral_id, patient_id, starts_at) "
    "SELECT b.slot_id, b.id, b.referral_id, b.patient_id, s.starts_at "
    "FROM dispatch.booking b JOIN dispatch.slot s ON s.id = b.slot_id WHERE b.id = :booking"
)
OCCUPY_ANOTHER = text(
    "INSERT INTO dispatch.slot_occupancy (slot_id, booking_id, referral_id, patient_id, starts_at) "
    "SELECT s.id, b.id, b.referral_id, b.patient_id, s.starts_at "
    "FROM dispatch.booking b, dispatch.slot s WHERE b.id = :booking AND s.id = :slot"
)
OFFER = text(
    "INSERT INTO dispatch.slot (id, service_code, facility_id, resource_en, resource_ru, starts_at, ends_at) "
    "VALUES (:id, 'C-CARD', :facility, :room, :room, :starts_at, :ends_at)"
)
LANES = text(
    "SELECT subject_kind, lane FROM dispatch.occupation WHERE booking_id = ANY(:bookings) ORDER BY subject_kind, lane"
)
REFUSED = r"permission denied|occupancy alone"


@pytest.fixture
def nine():
    return now() + timedelta(days=3)


def _by_hand(session, referral_id, slot_id):
    """A booking as a process of the version before writes it."""
    booking_id = new_id()
    session.execute(BOOK, {"booking": booking_id, "referral": referral_id, "slot": slot_id})
    session.execute(OCCUPY, {"booking": booking_id})
    return booking_id


@pytest.mark.parametrize("who", ["the patient", "the doctor"])
def test_no_statement_of_the_web_books_what_overlaps(desk, nine, who):
    patient, room = desk.patient(), str(new_id())
    desk.booked(desk.sent(patient), desk.slot(starts_at=nine, minutes=30, room=room))
    words = {"room": room} if who == "the doctor" else {"service_code": MRI}
    other = patient if who == "the patient" else desk.patient()
    slot_id = desk.slot(starts_at=nine + timedelta(minutes=7), minutes=30, **words)
    referral_id = desk.sent(other, service_code=words.get("service_code", "C-CARD"))

    with pytest.raises(IntegrityError) as refused, desk.as_actor(desk.dispatcher.actor) as session:
        _by_hand(session, referral_id, slot_id)

    assert f"{who.removeprefix('the ')} is occupied".replace("doctor", "resource") in str(refused.value)
    # A process of the version before knows what to say.
    assert isinstance(refusal_for(refused.value), RuleBroken)
    with desk.as_loader() as session, pytest.raises(IntegrityError, match="is occupied"):
        _by_hand(session, referral_id, slot_id)


def test_nothing_else_is_occupied_than_what_the_booking_names(desk, nine):
    """Else the pages would show a patient in two places whom the database sees in one."""
    patient = desk.patient()
    desk.booked(desk.sent(patient), desk.slot(starts_at=nine, minutes=30))
    shown, kept = (desk.slot(starts_at=nine + timedelta(hours=hours), service_code=MRI) for hours in (0, 5))
    booking_id, referral_id = new_id(), desk.sent(patient, service_code=MRI)

    with (
        pytest.raises(IntegrityError, match="fk_slot_occupancy_booked_slot"),
        desk.as_actor(desk.dispatcher.actor) as session,
    ):
        session.execute(BOOK, {"booking": booking_id, "referral": referral_id, "slot": shown})
        session.execute(OCCUPY_ANOTHER, {"booking": booking_id, "slot": kept})


def test_a_doctors_statement_books_nothing_at_all(desk, nine):
    referral_id, slot_id = desk.sent(), desk.slot(starts_at=nine)

    with pytest.raises(DBAPIError, match="row-level security"), desk.as_actor(desk.doctor.actor) as session:
        _by_hand(session, referral_id, slot_id)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM dispatch.occupation",
        "UPDATE dispatch.occupation SET lane = 1",
        "UPDATE dispatch.occupation SET during = 'empty'",
        "TRUNCATE dispatch.occupation",
        "SELECT count(*) FROM dispatch.occupation",
        "INSERT INTO dispatch.occupation (booking_id, slot_id, subject_kind, subject_id, lane, during) "
        "SELECT id, slot_id, 'patient', patient_id, 1, tstzrange(now(), now() + interval '1 hour') FROM dispatch.booking",
        "UPDATE dispatch.slot SET resource_id = gen_random_uuid()",
        "UPDATE dispatch.slot SET ends_at = starts_at + interval '1 minute'",
        "UPDATE dispatch.slot SET taken = false",
        "UPDATE dispatch.resource SET name_en = 'x'",
        "DELETE FROM dispatch.resource",
    ],
)
def test_nobody_who_serves_writes_or_reads_what_is_occupied(desk, nine, sql):
    desk.booked(desk.sent(), desk.slot(starts_at=nine))

    for actor in (desk.dispatcher.actor, desk.doctor.actor):
        with pytest.raises(DBAPIError, match=REFUSED), desk.as_actor(actor) as session:
            session.execute(text(sql))
    with pytest.raises(DBAPIError, match=REFUSED), desk.as_loader() as session:
        session.execute(text(sql))


def test_the_constraint_itself_refuses_and_a_further_lane_is_all_that_it_lets_by(
    desk, nine, as_administrator
):
    booking_id = desk.booked(desk.sent(), desk.slot(starts_at=nine, minutes=30))
    free_id = desk.booked(desk.sent(), desk.slot(starts_at=nine, minutes=30))
    beside = text(
        "INSERT INTO dispatch.occupation (booking_id, slot_id, subject_kind, subject_id, lane, during) "
        "SELECT :other, slot_id, subject_kind, subject_id, :lane, "
        "tstzrange(lower(during) + interval '29 minutes', upper(during) + interval '29 minutes') "
        "FROM dispatch.occupation WHERE booking_id = :booking"
    )
    words = {"booking": booking_id, "other": free_id}

    with as_administrator() as connection, connection.begin_nested() as attempt:
        with pytest.raises(IntegrityError, match="ex_occupation_during"), connection.begin_nested():
            connection.execute(beside, {**words, "lane": 0})
        assert connection.execute(beside, {**words, "lane": 1}).rowcount == 2
        attempt.rollback()


@pytest.mark.parametrize(
    ("minutes", "why"), [(0, "ck_slot_ends_at"), (-5, "ck_slot_ends_at"), (24 * 60 + 1, "a day at most")]
)
def test_a_slot_is_a_whole_range_of_a_day_at_most(desk, nine, minutes, why):
    words = {"facility": desk.target_id, "room": str(new_id()), "starts_at": nine}

    with pytest.raises(IntegrityError, match=why), desk.as_loader() as session:
        session.execute(OFFER, {**words, "id": new_id(), "ends_at": nine + timedelta(minutes=minutes)})
    with desk.as_loader() as session:
        session.execute(OFFER, {**words, "id": new_id(), "ends_at": nine + timedelta(hours=24)})


def test_slots_that_stand_already_are_given_their_resource(desk, nine, as_administrator):
    rule = import_module("migrations.versions.0099_resources")
    room = str(new_id())
    names = [room, f"{room} ", f" {room}", f"{room} B"]
    asked = text("SELECT resource_id FROM dispatch.slot WHERE id = ANY(:slots) ORDER BY starts_at")

    with as_administrator() as connection, connection.begin_nested() as attempt:
        connection.execute(text("ALTER TABLE dispatch.slot ALTER COLUMN resource_id DROP NOT NULL"))
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        slots = []
        for number, name in enumerate(names):
            slots.append(new_id())
            begins = nine + timedelta(hours=number)
            times = {"starts_at": begins, "ends_at": begins + timedelta(days=400)}
            connection.execute(OFFER, {"id": slots[-1], "facility": desk.target_id, "room": name, **times})
        connection.execute(text(rule.OF_STORED_SLOTS))
        connection.execute(text(rule.STORED_SLOTS))
        found = connection.execute(asked, {"slots": slots}).scalars().all()
        attempt.rollback()

    assert None not in found
    assert [each == found[0] for each in found] == [True, True, True, False]


def test_bookings_that_stand_and_overlap_are_kept_and_make_no_room(desk, nine, as_administrator):
    rule = import_module("migrations.versions.0100_occupations")
    patient = desk.patient()
    first = desk.booked(desk.sent(patient), desk.slot(starts_at=nine, minutes=30))
    waiting = desk.sent(patient, service_code=MRI)
    overlapping = desk.slot(starts_at=nine + timedelta(minutes=20), minutes=30, service_code=MRI)
    with as_administrator() as connection:
        # As it was before the database looked.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        second = new_id()
        connection.execute(BOOK, {"booking": second, "referral": waiting, "slot": overlapping})
        connection.execute(OCCUPY, {"booking": second})
        connection.execute(text("UPDATE dispatch.slot SET taken = true WHERE id = :id"), {"id": overlapping})
        connection.execute(text("SET LOCAL session_replication_role = origin"))
        connection.execute(text(rule.STORED))
        kept = connection.execute(LANES, {"bookings": [first, second]}).all()
        connection.commit()

    assert kept == [("patient", 0), ("patient", 1), ("resource", 0), ("resource", 0)]
    with desk.as_actor(desk.dispatcher.actor) as session:
        cancel_booking(session, first, reason="Doctor ill")
    third = desk.slot(starts_at=nine + timedelta(minutes=10), minutes=20, service_code="C-NEUR")
    another = desk.sent(patient, service_code="C-NEUR")
    with (
        pytest.raises(IntegrityError, match="the patient is occupied"),
        desk.as_actor(desk.dispatcher.actor) as session,
    ):
        _by_hand(session, another, third)


def test_a_stored_slot_that_overlaps_an_occupied_time_is_taken(desk, nine, as_administrator):
    rule = import_module("migrations.versions.0100_occupations")
    room = str(new_id())
    desk.booked(desk.sent(), desk.slot(starts_at=nine, minutes=30, room=room))
    beside, touching = (
        desk.slot(starts_at=nine + timedelta(minutes=minute), minutes=30, room=room) for minute in (10, 30)
    )
    taken = text("SELECT taken FROM dispatch.slot WHERE id = ANY(:ids) ORDER BY starts_at")

    with as_administrator() as connection, connection.begin_nested() as attempt:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE dispatch.slot SET taken = false WHERE id = :id"), {"id": beside})
        connection.execute(text(rule.STORED_BESIDE))
        found = connection.execute(taken, {"ids": [beside, touching]}).scalars().all()
        attempt.rollback()

    assert found == [True, False]


@pytest.mark.parametrize("hours", [0, 5])
def test_an_occupancy_of_another_slot_that_stands_already_is_kept(desk, nine, as_administrator, hours):
    rule = import_module("migrations.versions.0104_occupied_as_booked")
    named = desk.slot(starts_at=nine)
    kept = desk.slot(starts_at=nine + timedelta(hours=hours)) if hours else named
    words = {"booking": new_id(), "referral": desk.sent(), "slot": named}
    held = text("SELECT slot_id FROM dispatch.slot_occupancy WHERE booking_id = :id")
    proved = text("SELECT convalidated FROM pg_constraint WHERE conname = 'fk_slot_occupancy_booked_slot'")

    with as_administrator() as connection, connection.begin_nested() as attempt:
        connection.execute(
            text("ALTER TABLE dispatch.slot_occupancy DROP CONSTRAINT fk_slot_occupancy_booked_slot")
        )
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(BOOK, words)
        connection.execute(OCCUPY_ANOTHER, {"booking": words["booking"], "slot": kept})
        connection.execute(text("SET LOCAL session_replication_role = origin"))
        # As whoever migrates: row security is forced upon them too.
        connection.execute(text(f"SET LOCAL ROLE {OWNER}"))
        for statement in (rule.OCCUPIED, *rule.proving()):
            connection.execute(text(statement))
        connection.execute(text("RESET ROLE"))
        found = connection.execute(held, {"id": words["booking"]}).scalar_one()
        standing = connection.execute(proved).scalar_one()
        attempt.rollback()

    assert (found, standing) == (kept, hours == 0)
