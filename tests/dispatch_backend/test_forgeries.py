"""What somebody who runs SQL of their own as center_web, with a doctor's or dispatcher's context, can still not forge."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch_backend.bookings.actions.bookings import cancel_booking
from dispatch_backend.referrals.actions.referrals import revoke_referral
from foundation.identifiers import new_id
from identity.roles import Role
from tests.verifying import broken_events

STEP = """
WITH moved AS (
    UPDATE dispatch.referral SET state = 'revoked', version = version + 1, owner_id = NULL, next_action_due = NULL
    WHERE id = :id)
INSERT INTO dispatch.referral_event (
    referral_id, seq, patient_id, from_state, to_state, act, actor_role, actor_staff_id, actor_facility_id, at, reason,
    previous_sha256, sha256)
SELECT referral_id, {seq}, patient_id, to_state, 'revoked', 'referral.revoked', {role}, {staff}, {facility}, {at},
    'A reason', {previous}, {sha256}
FROM dispatch.referral_event WHERE referral_id = :id ORDER BY seq DESC LIMIT 1
"""
AS_IT_SHOULD_BE = {
    "seq": "seq + 1",
    "role": "foundation.actor_role()",
    "staff": "foundation.actor_staff()",
    "facility": "foundation.actor_facility()",
    "at": "NULL",
    "previous": "NULL",
    "sha256": "NULL",
}

SEND = """
INSERT INTO dispatch.referral (
    id, number, patient_id, from_facility_id, referrer_id, service_code, reason, diagnosis_code, priority, submitted_at,
    due_on, due_at, waiting_term_id, state, version, owner_id, next_action_due)
SELECT gen_random_uuid(), 'forged', patient_id, foundation.actor_facility(), foundation.actor_staff(), 'C-NEUR', reason,
    diagnosis_code, priority, {at}, due_on, due_at, waiting_term_id, state, 1, owner_id, next_action_due
FROM dispatch.referral WHERE id = :id
"""


def _step(session, referral_id, **forged):
    # The event must find its referral moved already, so in two statements.
    moved, _, event = STEP.partition("INSERT")
    session.execute(
        text(moved.strip().removeprefix("WITH moved AS (").removesuffix(")")), {"id": referral_id}
    )
    session.execute(text(("INSERT" + event).format(**{**AS_IT_SHOULD_BE, **forged})), {"id": referral_id})


def test_what_the_database_seals_is_whole(desk):
    referral_id = desk.sent()
    with desk.as_actor(desk.dispatcher.actor) as session:
        _step(session, referral_id)

    with desk.as_loader() as session:
        events = session.execute(
            text("SELECT seq, at > now() - interval '1 minute' FROM dispatch.referral_event "
                 "WHERE referral_id = :id ORDER BY seq"), {"id": referral_id}
        ).all()  # fmt: skip
        assert events == [(1, True), (2, True)]
        assert [each for each in broken_events(session)[1] if each["referral"] == str(referral_id)] == []


@pytest.mark.parametrize(
    ("forged", "why"),
    [
        ({"sha256": "repeat('a', 64)"}, "digest"),
        ({"at": "timestamptz '2001-01-01 00:00+00'"}, "time"),
        ({"at": "now() + interval '1 day'"}, "time"),
        ({"seq": "seq + 2"}, "does not follow"),
        ({"previous": "repeat('a', 64)"}, "does not follow"),
        ({"staff": "(SELECT min(id::text)::uuid FROM identity.staff_member)"}, "row-level security"),
        (
            {"facility": "(SELECT id FROM identity.facility WHERE code <> 'DC-001' LIMIT 1)"},
            "row-level security",
        ),
        ({"role": "'doctor'"}, "row-level security"),
    ],
)
def test_an_event_has_its_number_its_digest_its_place_its_time_and_its_actor(desk, forged, why):
    referral_id = desk.sent()

    with pytest.raises(DBAPIError, match=why), desk.as_actor(desk.dispatcher.actor) as session:
        _step(session, referral_id, **forged)


@pytest.mark.parametrize(
    "context", [{"role": Role.DISPATCHER.value}, {"staff_id": new_id()}, {"staff_id": "of another facility"}]
)
def test_who_acts_holds_the_post_that_the_context_names(desk, as_administrator, context):
    """A doctor who calls themselves a dispatcher, or another."""
    referral_id = desk.sent()
    if context.get("staff_id") == "of another facility":
        context = {"staff_id": desk.people.doctor().id}

    with pytest.raises(DBAPIError), desk.as_actor(replace(desk.doctor.actor, **context)) as session:
        _step(session, referral_id)

    with as_administrator() as connection:
        events = connection.execute(
            text("SELECT seq FROM dispatch.referral_event WHERE referral_id = :id"), {"id": referral_id}
        ).all()
        assert events == [(1,)]


def test_a_referral_is_sent_from_the_post_that_the_context_names(desk):
    referral_id = desk.sent()
    made_up = replace(desk.doctor.actor, staff_id=desk.people.doctor().id)

    with pytest.raises(DBAPIError, match="row-level security"), desk.as_actor(made_up) as session:
        session.execute(text(SEND.format(at="now()")), {"id": referral_id})


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE dispatch.referral SET version = version + 1, next_action_due = now() WHERE id = :id",
        "DELETE FROM dispatch.slot_occupancy WHERE referral_id = :id",
    ],
)
def test_without_the_post_that_the_context_names_nothing_is_moved_or_freed(desk, sql):
    referral_id = desk.sent()
    desk.booked(referral_id, desk.slot())
    made_up = replace(desk.dispatcher.actor, staff_id=desk.doctor.id)

    with desk.as_actor(made_up) as session:
        assert session.execute(text(sql), {"id": referral_id}).rowcount == 0


@pytest.mark.parametrize("at", ["'2001-01-01 00:00+00'", "now() + interval '1 day'"])
@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO dispatch.booking (id, referral_id, patient_id, slot_id, booked_at, booked_by) "
        "SELECT gen_random_uuid(), referral_id, patient_id, slot_id, {}, foundation.actor_staff() "
        "FROM dispatch.booking WHERE id = :booking",
        "INSERT INTO dispatch.booking_cancellation (booking_id, patient_id, reason, cancelled_at, cancelled_by) "
        "SELECT id, patient_id, 'x', {}, foundation.actor_staff() FROM dispatch.booking WHERE id = :booking",
        "INSERT INTO dispatch.booking_outcome (booking_id, patient_id, outcome, recorded_at, recorded_by) "
        "SELECT id, patient_id, 'served', {}, foundation.actor_staff() FROM dispatch.booking WHERE id = :booking",
    ],
)
def test_what_becomes_of_a_booking_is_of_the_time_at_which_it_is_told(desk, sql, at):
    booking_id = desk.booked(desk.sent(), desk.slot())

    with pytest.raises(DBAPIError, match="time"), desk.as_actor(desk.dispatcher.actor) as session:
        session.execute(
            text(sql.format(f"timestamptz {at}" if at.startswith("'") else at)), {"booking": booking_id}
        )


def test_a_referral_is_sent_when_it_is_sent(desk):
    referral_id = desk.sent()

    with pytest.raises(DBAPIError, match="time"), desk.as_actor(desk.doctor.actor) as session:
        session.execute(text(SEND.format(at="now() - interval '10 years'")), {"id": referral_id})


def test_a_step_upon_an_overtaken_version_is_refused(desk):
    """Two pages at version 1; meanwhile the referral is at version 3."""
    referral_id = desk.sent()
    booking_id = desk.booked(referral_id, desk.slot(starts_in=timedelta(days=250)))
    with desk.as_actor(desk.dispatcher.actor) as session:
        cancel_booking(session, booking_id, reason="Врач заболел")

    with pytest.raises(DBAPIError, match="one event at a time"), desk.as_actor(desk.doctor.actor) as session:
        session.execute(
            text(
                "UPDATE dispatch.referral SET state = 'revoked', version = 2, owner_id = NULL, next_action_due = NULL "
                "WHERE id = :id"
            ),
            {"id": referral_id},
        )


ANNOUNCE = text(
    "INSERT INTO foundation.outbox_message (id, topic, payload, announced_at, due_at) "
    "VALUES (gen_random_uuid(), :topic, CAST(:payload AS jsonb), now(), now())"
)


def _payload(patient_id, object_id, more=""):
    return f'{{"patient_id": "{patient_id}", "object_id": "{object_id}"{more}}}'


def _messages(as_administrator, object_id):
    with as_administrator() as connection:
        return connection.execute(
            text("SELECT topic FROM foundation.outbox_message WHERE payload ->> 'object_id' = :id"),
            {"id": str(object_id)},
        ).all()


@pytest.mark.parametrize(
    "topic",
    ["referral.sent", "referral.booked", "booking.cancelled", "entry.signed", "record.imported", "referrals.loaded",
     "study.arrived", "anything"],
)  # fmt: skip
def test_a_message_of_what_was_not_done_is_not_announced(desk, topic):
    patient = desk.patient()
    referral_id = desk.sent(patient)
    payload = _payload(
        patient.id, referral_id, f', "referral_id": "{referral_id}", "booking_id": "{new_id()}"'
    )

    for told in (payload, _payload(patient.id, referral_id), "{}"):
        with (
            pytest.raises(DBAPIError, match="row-level security"),
            desk.as_actor(desk.doctor.actor) as session,
        ):
            session.execute(ANNOUNCE, {"topic": topic, "payload": told})


def test_a_message_says_nothing_more_than_what_was_done(desk, as_administrator):
    """Whoever did something may announce it, but not of somebody else, and with no other time."""
    patient, other = desk.patient(), desk.patient()
    referral_id = desk.sent(patient)
    true = _payload(patient.id, referral_id)
    forged = [
        ("referral.sent", _payload(other.id, referral_id)),
        ("referral.sent", _payload(patient.id, referral_id, ', "announced_at": "2001-01-01T00:00:00+00:00"')),
        ("referral.booked", true),
    ]
    for topic, payload in forged:
        with (
            pytest.raises(DBAPIError, match="row-level security"),
            desk.as_actor(desk.doctor.actor) as session,
        ):
            revoke_referral(session, desk.sent(desk.patient()), reason="Не нужно")
            session.execute(ANNOUNCE, {"topic": topic, "payload": payload})
    assert len(_messages(as_administrator, referral_id)) <= 1


def test_a_message_is_announced_now_whatever_it_says(desk, as_administrator):
    with desk.as_actor(desk.doctor.actor) as session:
        for table in ("announced_at", "due_at"):
            assert not session.scalar(
                text(
                    f"SELECT has_column_privilege('center_web', 'foundation.outbox_message', '{table}', 'UPDATE')"
                )
            )
    with pytest.raises(DBAPIError, match="time"), desk.as_actor(desk.doctor.actor) as session:
        session.execute(
            text(
                "INSERT INTO foundation.outbox_message (id, topic, payload, announced_at, due_at) "
                "VALUES (gen_random_uuid(), 'referral.sent', '{}', now() - interval '1 year', now())"
            )
        )
