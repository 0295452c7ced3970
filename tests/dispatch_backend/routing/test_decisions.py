"""What a dispatcher chose a time from is kept with the booking, and nobody writes it otherwise or later."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from dispatch_backend.bookings.actions.bookings import book_slot
from tests.dispatch_backend.routing.test_orders import order
from tests.pages import hidden_fields, read

ENGLISH = {"Accept-Language": "en"}
FORGED = "INSERT INTO dispatch.routing_decision (booking_id, shown) VALUES (:booking, '[]')"


@pytest.fixture
def kept(as_administrator):
    """The decisions of a referral: version, rule and what was shown, the first booking first."""

    def kept(referral_id):
        with as_administrator() as connection:
            return connection.execute(
                text(
                    "SELECT d.version, d.rule_id, d.shown, b.id AS booking_id FROM dispatch.routing_decision d "
                    "JOIN dispatch.booking b ON b.id = d.booking_id WHERE b.referral_id = :id ORDER BY b.booked_at"
                ),
                {"id": referral_id},
            ).all()

    return kept


def _choose(browser, address, slot_id, *, prefix, **typed):
    """Look at a time and book it, as the page sends it."""
    query = f"{address}&slot={slot_id}"
    page = browser.get(query, headers=ENGLISH)
    action = next(part for part in page.text.split('action="')[1:] if f"/{prefix}" in part.split('"')[0])
    target = action.split('"')[0].replace("&amp;", "&")
    answer = browser.post(target, data={**hidden_fields(page), **typed}, headers=ENGLISH)
    assert answer.status_code == 303, read(answer)


def test_what_was_chosen_from_is_kept_with_each_booking_and_the_proof_tells_it(
    desk, people, load, code, client_for, kept, version
):
    place, referral_id = people.facility(), desk.sent()
    slots = [desk.slot(facility_id=place, starts_in=timedelta(days)) for days in (2, 3, 4)]
    load("load-route-orders", order(start=code(desk.doctor.facility_id), targets=[code(place)]))
    dispatcher, address = client_for(desk.dispatcher.actor), f"/dispatch/referrals/{referral_id}"

    _choose(dispatcher, f"{address}?place={place}", slots[1], prefix=f"{referral_id}/booking")
    _choose(
        dispatcher, f"{address}?move=y&place={place}", slots[2], prefix="bookings/", **{"move-reason": "x"}
    )

    first, second = kept(referral_id)
    assert [each["slot"] for each in first.shown] == [str(each) for each in slots]
    assert [each["slot"] for each in second.shown] == [str(each) for each in (slots[0], slots[2])]
    assert first.shown[0]["cost"].keys() == {"breach", "waiting", "travel", "order"}
    assert first.shown[0]["cost"]["order"] == 0
    assert (first.version, first.rule_id is None) == (version(), False)
    proof = read(dispatcher.get(f"{address}/proof", headers=ENGLISH))
    assert "Chosen: No. 2 of 3 times, the first being the best; its score, less is better: " in proof
    assert "Chosen: No. 2 of 2 times" in proof
    assert "Order No. 477r of 27 July 2021 was in force." in proof
    assert f"Version {version()} of routing." in proof


def test_a_booking_that_was_chosen_from_nothing_has_no_decision(desk, client_for, kept):
    referral_id = desk.sent()
    desk.booked(referral_id, desk.slot())

    assert kept(referral_id) == []
    proof = client_for(desk.dispatcher.actor).get(f"/dispatch/referrals/{referral_id}/proof", headers=ENGLISH)
    assert "Chosen" not in read(proof)


def test_a_decision_is_written_by_whoever_books_and_with_the_booking_alone(desk, people):
    booking_id = desk.booked(desk.sent(), desk.slot())

    for actor in (desk.dispatcher.actor, desk.doctor.actor, people.patient().actor):
        with pytest.raises(DBAPIError, match="row-level security"), desk.as_actor(actor) as session:
            session.execute(text(FORGED), {"booking": booking_id})


@pytest.mark.parametrize(
    "shown", ["[1]", "[{}]", '[{"slot": "x"}]', '[{"slot": "x", "cost": 1}]', "{}", "null"]
)
def test_a_decision_that_no_proof_could_tell_is_not_kept(desk, shown):
    insert = text("INSERT INTO dispatch.routing_decision (booking_id, shown) VALUES (:booking, :shown)")
    refused = pytest.raises(IntegrityError, match="ck_routing_decision_shown")

    with refused, desk.as_actor(desk.dispatcher.actor) as session:
        made = book_slot(session, desk.sent(), slot_id=desk.slot())
        session.execute(insert, {"booking": made.id, "shown": shown})


def test_time_and_version_of_a_decision_are_the_databases_to_say(desk, as_loader):
    booking_id = desk.booked(desk.sent(), desk.slot())

    for column, value in (("version", "1"), ("decided_at", "now()")):
        forged = f"INSERT INTO dispatch.routing_decision (booking_id, shown, {column}) VALUES (:booking, '[]', {value})"
        with (
            pytest.raises(DBAPIError, match="permission denied"),
            desk.as_actor(desk.dispatcher.actor) as session,
        ):
            session.execute(text(forged), {"booking": booking_id})


def test_only_who_may_read_a_booking_reads_what_it_was_chosen_from(desk, people, client_for, kept):
    patient, slot_id = desk.patient(), desk.slot(facility_id=(place := people.facility()))
    referral_id = desk.sent(patient)
    address = f"/dispatch/referrals/{referral_id}?place={place}"
    _choose(client_for(desk.dispatcher.actor), address, slot_id, prefix=f"{referral_id}/booking")
    ((*_, booking_id),) = kept(referral_id)

    def read_by(actor):
        with desk.as_actor(actor) as session:
            counted = text("SELECT count(*) FROM dispatch.routing_decision WHERE booking_id = :id")
            return session.scalar(counted, {"id": booking_id})

    readers = (patient.actor, desk.dispatcher.actor, desk.doctor.actor)
    strangers = (people.patient().actor, people.doctor().actor)
    assert [read_by(each) for each in readers] == [1, 1, 1]
    assert [read_by(each) for each in strangers] == [0, 0]
