"""A referral that was closed when its end still had a booking's word: its history holds, and is told in today's words."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import text

from dispatch_backend.bookings.queries.referral_cards import referral_to_read
from dispatch_backend.referrals.actions.referrals import revoke_referral
from dispatch_backend.referrals.actions.transitions import event_row
from dispatch_backend.referrals.enumerations import FORMER_ACTS, FORMER_STATES, Act, State
from dispatch_backend.referrals.rules.history import Event, digest
from identity.access.actions import begin_care
from identity.access.enumerations import CareBasis
from identity.patients.tables import Patient
from identity.people.enumerations import AdministrativeGender
from tests.verifying import broken_events

REFERRAL = UUID("01890a5d-ac96-7000-8000-000000000001")
PATIENT = UUID("01890a5d-ac96-7000-8000-000000000002")
# As they were written and hashed then, letter by letter.
SENT = Event(
    referral_id=REFERRAL,
    seq=1,
    patient_id=PATIENT,
    from_state=None,
    to_state="submitted",
    act="referral.sent",
    actor_role="doctor",
    actor_staff_id=None,
    actor_facility_id=None,
    at=datetime(2026, 3, 2, 4, 30, tzinfo=UTC),
    sha256="7366fb9257008064654909022ef9aad0df11b626529bed1ebbe1ceaeae546b25",
)
CLOSED = Event(
    referral_id=REFERRAL,
    seq=2,
    patient_id=PATIENT,
    from_state="submitted",
    to_state="cancelled",
    act="referral.cancelled",
    actor_role="dispatcher",
    actor_staff_id=None,
    actor_facility_id=None,
    at=datetime(2026, 3, 4, 6, 15, tzinfo=UTC),
    reason="Пациент отказался.",
    previous_sha256=SENT.sha256,
    sha256="6dce8cbbf4965a6caebeaf2344d8a42ec13268558736878eb5e30b48b873f616",
)


def test_what_was_hashed_in_the_former_words_still_verifies():
    assert [digest(event) for event in (SENT, CLOSED)] == [SENT.sha256, CLOSED.sha256]


@pytest.mark.parametrize("change", [{"to_state": "revoked"}, {"act": "referral.revoked"}])
def test_a_hashed_word_that_was_exchanged_for_today_s_shows(change):
    assert digest(CLOSED._replace(**change)) != CLOSED.sha256


def test_former_words_are_read_as_today_s_and_no_others_are():
    assert State("cancelled") is State.REVOKED
    assert Act("referral.cancelled") is Act.REVOKED
    assert not {*State, *Act} & {*FORMER_STATES, *FORMER_ACTS}
    with pytest.raises(ValueError, match="withdrawn"):
        State("withdrawn")


def test_its_rows_are_whole_and_told_as_revoked(desk, as_administrator, client_for):
    _keep_rows_of_old(desk, as_administrator)
    reader = desk.doctor.actor

    with desk.as_actor(reader) as session:
        card = referral_to_read(session, REFERRAL)
    with desk.as_loader() as session:
        broken = [each for each in broken_events(session)[1] if each["referral"] == str(REFERRAL)]
    page = client_for(reader).get(f"/emr/patients/{PATIENT}", headers={"Accept-Language": "en"}).text

    assert broken == []
    assert card.state is State.REVOKED
    assert [step.act for step in card.steps] == [Act.SENT, Act.REVOKED]
    assert [step.to_state for step in card.steps] == [State.SUBMITTED, State.REVOKED]
    assert "withdrawn" in page


def test_new_rows_are_written_in_today_s_words(desk, as_administrator):
    referral_id = desk.sent()

    with desk.as_actor(desk.doctor.actor) as session:
        revoke_referral(session, referral_id, reason="Recovered")

    with as_administrator() as connection:
        written = connection.execute(
            text(
                "SELECT r.state, e.to_state, e.act, a.act FROM dispatch.referral r "
                "JOIN dispatch.referral_event e ON e.referral_id = r.id AND e.seq = r.version "
                "LEFT JOIN foundation.audit_event a ON a.object_id = r.id AND a.act = e.act WHERE r.id = :id"
            ),
            {"id": referral_id},
        ).one()
    assert written == ("revoked", "revoked", "referral.revoked", "referral.revoked")


def _keep_rows_of_old(desk, as_administrator) -> None:
    """The referral with its two events as the tables held them, its patient in the care of the desk's doctor."""
    with desk.as_loader() as session:
        session.add(
            Patient(
                id=PATIENT,
                family_name="Прежнева",
                given_name="Анна",
                birth_date=date(1960, 5, 3),
                sex=AdministrativeGender.FEMALE,
                sort_key="прежнева анна",
            )
        )
        session.flush()
        begin_care(
            session, patient_id=PATIENT, facility_id=desk.doctor.facility_id, basis=CareBasis.ATTACHMENT
        )
    whose = {
        "id": REFERRAL,
        "patient": PATIENT,
        "facility": desk.doctor.facility_id,
        "doctor": desk.doctor.id,
    }
    with as_administrator() as connection:
        connection.execute(
            text(
                "INSERT INTO dispatch.referral SELECT :id, 'R-2026-OLD', :patient, :facility, :doctor, 'C-CARD', "
                "'Chest pain', 'I20.8', 'planned', :at, DATE '2026-03-20', TIMESTAMPTZ '2026-03-20 19:00Z', "
                "(SELECT id FROM dispatch.waiting_term LIMIT 1), 'cancelled', 2, NULL, NULL, 0"
            ),
            {**whose, "at": SENT.at},
        )
        for event in (SENT, CLOSED):
            row = event_row(event)
            columns = ", ".join(row)
            values = ", ".join(f":{name}" for name in row)
            connection.execute(
                text(f"INSERT INTO dispatch.referral_event ({columns}) VALUES ({values})"), row
            )
