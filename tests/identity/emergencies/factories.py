"""Records that were opened in an emergency, for tests."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from foundation.database.transactions import ActorSession
from identity.emergencies.actions import open_in_emergency
from identity.emergencies.enumerations import EmergencyReason
from identity.emergencies.tables import Emergency
from tests.people import MadePatient

WORDS = "Brought in by ambulance, does not answer."


def open_record(session: ActorSession, patient: MadePatient, **other: Any) -> UUID:
    """Open the patient's record as the actor: whose it is."""
    told: dict[str, Any] = {
        "snils": patient.snils,
        "birth_date": patient.birth_date,
        "reason": EmergencyReason.UNCONSCIOUS,
        "words": WORDS,
        **other,
    }
    return open_in_emergency(session, **told)


def opened_record(session: ActorSession, patient: MadePatient, **other: Any) -> UUID:
    """Open the patient's record as the actor: which emergency it is, the newest."""
    open_record(session, patient, **other)
    opened = select(Emergency.id).where(Emergency.patient_id == patient.id)
    return session.scalars(opened.order_by(Emergency.began_at.desc()).limit(1)).one()
