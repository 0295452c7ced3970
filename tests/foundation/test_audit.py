"""Audit rows: complete, in nobody else's name, never changed."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from foundation import audit
from foundation.audit import AuditEvent
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id


def test_a_citizen_reads_the_acts_on_their_own_record_only(as_actor, people):
    mine, other = people.patient(), people.patient()
    doctor = people.doctor()
    with as_actor(doctor.actor) as session:
        audit.record(session, act="chart.opened", patient_id=mine.id)
        audit.record(session, act="chart.opened", patient_id=other.id)

    with as_actor(mine.actor) as session:
        seen = session.execute(select(AuditEvent.patient_id, AuditEvent.staff_id)).all()

    assert (mine.id, doctor.id) in seen
    assert {row.patient_id for row in seen} == {mine.id}


def test_staff_cannot_read_the_audit(as_actor, people):
    doctor, patient = people.doctor(), people.patient()
    with as_actor(doctor.actor) as session:
        audit.record(session, act="chart.opened", patient_id=patient.id)

    with as_actor(doctor.actor) as session:
        assert session.execute(select(AuditEvent.id)).all() == []


def test_nobody_writes_an_act_in_another_s_name(as_actor, people, monkeypatch):
    doctor, other, patient = people.doctor(), people.doctor(), people.patient()

    with pytest.raises(DBAPIError, match="row-level security"), as_actor(doctor.actor) as session:
        session.execute(text("SELECT 1"))  # the context, with the doctor in it, is sent
        monkeypatch.setattr(ActorSession, "actor", other.actor)
        audit.record(session, act="chart.opened", patient_id=patient.id)


@pytest.mark.parametrize(
    "change", ["UPDATE foundation.audit_event SET act = 'x'", "DELETE FROM foundation.audit_event"]
)
def test_not_even_the_owner_changes_an_audit_row(engines, change):
    with pytest.raises(DBAPIError, match="never changed"), engines["owner"].begin() as connection:
        connection.execute(text(change))


def test_a_read_without_its_audit_row_returns_nothing(engines, client_for, people):
    """Fail closed: while no audit row can be written, no page with patient data is served."""
    patient = people.patient()
    browser = client_for(patient.actor)
    assert browser.get("/my").status_code == 200

    _run(engines, "ALTER TABLE foundation.audit_event ADD CONSTRAINT full_up CHECK (false) NOT VALID")
    try:
        assert browser.get("/my").status_code >= 500
    finally:
        _run(engines, "ALTER TABLE foundation.audit_event DROP CONSTRAINT full_up")


def _run(engines, statement: str) -> None:
    with engines["owner"].begin() as connection:
        connection.execute(text(statement))


def test_a_list_drawn_again_is_written_once_a_session(as_actor, people):
    patient, referral = people.patient(), new_id()
    sessions = [replace(people.doctor().actor, session_id=new_id()) for _ in range(2)]

    for actor in (sessions[0], sessions[0], sessions[1]):
        with as_actor(actor) as session:
            audit.record_listed(
                session, act="referrals.listed", object_kind="referral", shown=[(patient.id, referral)]
            )

    with as_actor(patient.actor) as session:
        acts = session.scalars(select(AuditEvent.act).where(AuditEvent.object_id == referral)).all()
    assert acts == ["referrals.listed"] * 2
