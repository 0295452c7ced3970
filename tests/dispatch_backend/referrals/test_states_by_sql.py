"""What the rows of the states hold against SQL of one's own: whose turn it is and by when, and that a reason is given."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from dispatch_backend.referrals.enumerations import CLOSED, FORMER_STATES, OPEN, State
from dispatch_backend.referrals.rules.responsibility import CALL_AFTER_MISSED_VISIT
from tests.dispatch_backend.by_sql import book, end, step

YEAR_9000 = "timestamptz '9000-01-01 00:00+00'"
TWIN = text(
    "INSERT INTO dispatch.referral (id, number, patient_id, from_facility_id, referrer_id, service_code, reason, "
    "diagnosis_code, priority, submitted_at, due_on, due_at, waiting_term_id, state, version, owner_id, next_action_due) "
    "SELECT gen_random_uuid(), 'twin', r.patient_id, r.from_facility_id, r.referrer_id, r.service_code, r.reason, "
    "r.diagnosis_code, r.priority, t.sent_at, t.due_on, t.due_at, t.waiting_term_id, 'submitted', 1, r.owner_id, t.due_at "
    "FROM dispatch.referral r, dispatch.term_from_now(r.service_code, r.priority) t WHERE r.id = :id"
)


def _refused(desk, attack):
    with pytest.raises(IntegrityError) as refused, desk.as_actor(desk.dispatcher.actor) as session:
        attack(session)
    return refused.value.orig.diag.constraint_name


def test_the_states_are_those_that_the_code_knows(desk):
    with desk.as_loader() as session:
        kept = session.execute(
            text("SELECT code, open, needs_booking, turn, act_within FROM dispatch.state")
        ).all()

    assert {row.code for row in kept} == {*State, *FORMER_STATES}
    assert {State(row.code) for row in kept if row.open} == OPEN
    assert {State(row.code) for row in kept if not row.open} == CLOSED
    assert (
        [row.code for row in kept if row.needs_booking]
        == [row.code for row in kept if row.turn == "visited"]
        == ["booked"]
    )
    assert {row.code: row.act_within for row in kept if row.act_within} == {
        "no_show": CALL_AFTER_MISSED_VISIT
    }


@pytest.mark.parametrize(
    ("forged", "why"),
    [
        ({"act_by": YEAR_9000}, "ck_referral_act_by"),
        ({"act_by": "due_at + interval '1 second'"}, "ck_referral_act_by"),
        ({"owner": "from_facility_id"}, "ck_referral_owner"),
    ],
)
def test_a_referral_that_waits_is_the_centers_by_its_legal_day(desk, forged, why):
    referral_id = desk.sent()
    booking_id = desk.booked(referral_id, desk.slot())

    def attack(session):
        end(session, referral_id, booking_id)
        step(session, referral_id, "booking.cancelled", "submitted", **forged)

    assert _refused(desk, attack) == why


@pytest.mark.parametrize(
    ("forged", "why"),
    [
        ({"act_by": YEAR_9000}, "ck_referral_act_by"),
        # Sooner than the visit is over: it would look as if nobody had recorded its outcome.
        ({"act_by": "now()"}, "ck_referral_act_by"),
        ({"owner": "from_facility_id"}, "ck_referral_owner"),
    ],
)
def test_a_booked_one_is_the_visited_facilitys_until_the_visit_is_over(desk, forged, why):
    referral_id, slot_id = desk.sent(), desk.slot()

    assert _refused(desk, lambda session: book(session, referral_id, slot_id, **forged)) == why


def test_who_did_not_come_is_called_within_a_day(desk):
    referral_id, booking_id = desk.visited()

    def attack(session, act_by="now() + interval '2 days'"):
        end(session, referral_id, booking_id, "no_show")
        step(session, referral_id, "visit.missed", "no_show", act_by=act_by)

    assert _refused(desk, attack) == "ck_referral_act_by"


def test_a_day_put_off_without_an_event_is_refused(desk):
    referral_id = desk.sent()
    later = text(
        f"UPDATE dispatch.referral SET version = version + 1, next_action_due = {YEAR_9000} WHERE id = :id"
    )

    assert _refused(desk, lambda session: session.execute(later, {"id": referral_id})) in (
        "fk_referral_last_event",
        "ck_referral_act_by",
    )


@pytest.mark.parametrize("reason", ["", "  ", "\n\t"])
def test_a_step_that_needs_a_reason_is_not_done_without_one(desk, reason):
    referral_id = desk.sent()

    def attack(session):
        step(session, referral_id, "referral.revoked", "revoked", reason=reason)

    assert _refused(desk, attack) == "ck_referral_event_reason"


def test_nobody_who_serves_says_what_is_open_or_adds_a_state(desk):
    referral_id = desk.sent()
    for statement in (
        "UPDATE dispatch.referral SET open = false WHERE id = :id",
        "UPDATE dispatch.booking SET state = 'cancelled' WHERE referral_id = :id",
        "INSERT INTO dispatch.state (code, open, needs_booking) VALUES ('lost', false, false)",
        "UPDATE dispatch.state SET open = false",
        "UPDATE dispatch.allowed_transition SET reason_required = false",
    ):
        for session_of in (lambda: desk.as_actor(desk.dispatcher.actor), desk.as_loader):
            with pytest.raises(ProgrammingError, match="permission denied"), session_of() as session:
                session.execute(text(statement), {"id": referral_id})


def test_a_state_that_there_is_not_is_refused(desk):
    referral_id = desk.sent()

    assert (
        _refused(desk, lambda session: step(session, referral_id, "referral.revoked", "lost"))
        == "fk_referral_state"
    )


def test_one_open_referral_for_a_patient_and_a_service(desk):
    referral_id = desk.sent()

    with pytest.raises(IntegrityError) as refused, desk.as_actor(desk.doctor.actor) as session:
        session.execute(TWIN, {"id": referral_id})

    assert refused.value.orig.diag.constraint_name == "uq_referral_open_twin"
