"""The legal day of a referral is the one that follows from term, sending and calendar, whoever writes it."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch_backend.services.enumerations import Priority
from foundation.clock import now
from foundation.identifiers import new_id

# Everything as it should be; each test says one thing otherwise.
TRUE = {
    "service": "'C-NEUR'",
    "priority": "'planned'",
    "at": "now()",
    "due_on": "f.due_on",
    "due_at": "f.due_at",
    "term": "f.waiting_term_id",
    "calendar": "dispatch.current_calendar()",
    "state": "'submitted'",
    "owner": "r.owner_id",
    "act_by": "f.due_at",
}
CLOSED = {"state": "'served'", "owner": "NULL", "act_by": "NULL"}
SEND = """
INSERT INTO dispatch.referral (
    id, number, patient_id, from_facility_id, referrer_id, service_code, reason, diagnosis_code, priority, submitted_at,
    due_on, due_at, waiting_term_id, state, version, owner_id, next_action_due{calendar_column})
SELECT made.id, made.id, r.patient_id, r.from_facility_id, r.referrer_id, {service}, r.reason, r.diagnosis_code, {priority}, {at},
    {due_on}, {due_at}, {term}, {state}, 1, {owner}, {act_by}{calendar}
FROM unnest(CAST(:new AS uuid[])) WITH ORDINALITY AS made (id, n), dispatch.referral r,
    dispatch.term_from_now('C-NEUR', 'planned') f WHERE r.id = :id
"""
EVENT = """
INSERT INTO dispatch.referral_event (
    referral_id, seq, patient_id, from_state, to_state, act, actor_role, actor_staff_id, actor_facility_id, reason)
SELECT id, 1, patient_id, '', 'submitted', 'referral.sent', 'doctor', referrer_id, from_facility_id, ''
FROM dispatch.referral WHERE id = :new
"""
ANOTHER_TERM = (
    "(SELECT id FROM dispatch.waiting_term WHERE service_kind = '{}' AND priority = '{}' AND {} LIMIT 1)"
)
IN_FORCE, PAST = "valid_to > now()", "valid_to < now()"


def _send(session, referral_id, *, count=1, **forged):
    words = TRUE | forged
    told = {"calendar_column": ", calendar_version", "calendar": f", {words['calendar']}"}
    if not words["calendar"]:
        told = {"calendar_column": "", "calendar": ""}
    new = [new_id() for _ in range(count)]
    session.execute(
        text(SEND.format(**words | told)), {"id": referral_id, "new": [str(each) for each in new]}
    )
    return new[0]


@pytest.mark.parametrize("calendar", ["", TRUE["calendar"]])
def test_what_follows_from_the_law_is_taken_and_keeps_its_calendar(desk, calendar):
    """From a process of the version before, too, which names no calendar."""
    referral_id = desk.sent()

    with desk.as_actor(desk.doctor.actor) as session:
        new = _send(session, referral_id, calendar=calendar)
        session.execute(text(EVENT), {"new": new})

    with desk.as_loader() as session:
        kept = "SELECT calendar_version = dispatch.current_calendar() FROM dispatch.referral WHERE id = :id"
        assert session.scalar(text(kept), {"id": new})


@pytest.mark.parametrize(
    ("forged", "why"),
    [
        ({"due_on": "f.due_on + 18250", "due_at": "f.due_at + interval '18250 days'"}, "legal day"),
        ({"due_on": "f.due_on - 1"}, "legal day"),
        ({"due_on": "NULL"}, "legal day"),
        ({"due_at": "f.due_at + interval '1 hour'"}, "legal day"),
        ({"due_at": "f.due_at - interval '1 second'"}, "legal day"),
        ({"term": ANOTHER_TERM.format("bed", "planned", IN_FORCE)}, "term in force"),
        ({"term": ANOTHER_TERM.format("consultation", "planned", PAST)}, "term in force"),
        ({"term": ANOTHER_TERM.format("consultation", "urgent", IN_FORCE)}, "term in force"),
        ({"priority": "'emergency'"}, "term in force"),
        ({"service": "'B-THER'"}, "term in force"),
        ({"at": "now() - interval '10 years'"}, "the time of what is told"),
        ({"at": "now() - interval '11 minutes'"}, "the time of what is told"),
        ({"at": "now() + interval '11 minutes'"}, "the time of what is told"),
        ({"calendar": "0"}, "newest calendar"),
        ({"calendar": "dispatch.current_calendar() + 1"}, "newest calendar"),
        ({"calendar": "NULL"}, "newest calendar"),
    ],
)
def test_nothing_else_is_taken_from_the_web(desk, forged, why):
    referral_id = desk.sent()

    with pytest.raises(DBAPIError, match=why), desk.as_actor(desk.doctor.actor) as session:
        session.execute(text("SET LOCAL app.zone = 'Pacific/Auckland'"))
        _send(session, referral_id, **forged)


@pytest.mark.parametrize(
    "change",
    [
        "due_on = due_on + 1",
        "due_at = now()",
        "submitted_at = now()",
        "waiting_term_id = NULL",
        "calendar_version = 0",
    ],
)
def test_what_a_referral_was_sent_under_is_not_changed(desk, change):
    referral_id = desk.sent()

    with pytest.raises(DBAPIError, match="permission denied"), desk.as_actor(desk.doctor.actor) as session:
        session.execute(text(f"UPDATE dispatch.referral SET {change} WHERE id = :id"), {"id": referral_id})


@pytest.mark.parametrize(
    ("forged", "why"),
    [
        ({"due_on": "f.due_on + 1"}, "legal day"),
        ({"term": ANOTHER_TERM.format("bed", "planned", IN_FORCE)}, "term in force"),
        # Twelve years ago another law stood.
        ({"at": "now() - interval '12 years'"}, "term in force"),
        ({"calendar": "0"}, "no day is reckoned"),
    ],
)
def test_the_loader_tells_of_the_past_and_not_against_the_law(desk, forged, why):
    referral_id = desk.sent()

    with pytest.raises(DBAPIError, match=why), desk.as_loader() as session:
        _send(session, referral_id, **forged)


def test_many_that_come_at_once_are_looked_at_each(desk):
    """One of the same day and term that ends on another day is found among those that are right."""
    referral_id = desk.sent()

    with pytest.raises(DBAPIError, match="legal day"), desk.as_loader() as session:
        _send(session, referral_id, count=3, due_on="f.due_on + (n = 3)::integer", **CLOSED)


def test_the_past_is_loaded_with_the_law_of_its_day(desk):
    sent = {priority: desk.sent_on(now() - timedelta(days=5000), priority=priority) for priority in Priority}

    with desk.as_loader() as session:
        rows = session.execute(
            text("SELECT priority, calendar_version > 0 FROM dispatch.referral WHERE id = ANY(:ids)"),
            {"ids": [*sent.values()]},
        ).all()
    assert sorted(rows) == sorted((priority.value, True) for priority in Priority)


@pytest.fixture
def put_off(engines, desk):
    """A referral whose legal day somebody above every trigger has put off, until the test is over."""
    referral_id = desk.sent()

    def put(days):
        with engines["administrator"].begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            changed = "UPDATE dispatch.referral SET due_on = due_on + :days WHERE id = :id"
            connection.execute(text(changed), {"days": days, "id": referral_id})

    put(7)
    yield str(referral_id)
    put(-7)


def test_a_day_that_was_put_off_behind_our_back_is_found(command, put_off):
    result = command("verify-dispatch")

    assert result.exit_code == 1
    assert json.loads(result.stdout)["broken"] == [{"referral": put_off, "number": 1, "why": "term"}]
