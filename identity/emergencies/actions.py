"""Opening a record in an emergency, and judging it."""

from datetime import date
from uuid import UUID

from sqlalchemy import DateTime, func
from sqlalchemy.dialects.postgresql import insert

from foundation import audit
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound, RuleBroken, Stale
from foundation.identifiers import new_id
from foundation.outbox import announce
from identity.emergencies.enumerations import EmergencyReason, Verdict
from identity.emergencies.queries import emergency, patient_named
from identity.emergencies.tables import EmergencyVerdict

OPENED, JUDGED = "emergency.opened", "emergency.judged"


def open_in_emergency(
    session: ActorSession, *, snils: str, birth_date: date, reason: EmergencyReason, words: str
) -> UUID:
    """Let the actor alone see the record of the one person with this number and day of birth, for an hour.

    Returns:
        Whose record it is.

    Raises:
        NotFound: nobody is known by exactly this.
        RuleBroken: the actor has opened as many as one person may in a day.
    """
    patient_id = patient_named(session, snils=snils, birth_date=birth_date)
    if patient_id is None:
        raise NotFound("Nobody is known by exactly this number and date of birth.")
    emergency_id = new_id()
    asked = func.identity.open_in_emergency(
        emergency_id, patient_id, reason.value, words, new_id(), type_=DateTime(timezone=True)
    )
    if session.scalar(asked) is None:
        raise RuleBroken(
            "You have opened three records in an emergency within a day. Ask a colleague to open this one."
        )
    audit.record(
        session,
        act=OPENED,
        patient_id=patient_id,
        object_kind="emergency",
        object_id=emergency_id,
        reason=words,
    )
    announce(session, OPENED, {"patient_id": str(patient_id), "object_id": str(emergency_id)})
    return patient_id


def judge_emergency(session: ActorSession, emergency_id: UUID, *, verdict: Verdict, words: str) -> UUID:
    """Say whether the record was opened rightly.

    Raises:
        NotFound: there is no such emergency.
        RuleBroken: it is the officer's own.
        Stale: somebody has judged it meanwhile.
    """
    (opened,) = emergency(session, emergency_id).cards
    actor = session.actor
    if actor.staff_id is None or actor.staff_id == opened.staff_id:
        raise RuleBroken("You opened this record yourself. Another privacy officer must judge it.")
    written = session.connection().execute(
        insert(EmergencyVerdict).on_conflict_do_nothing(),
        {
            "emergency_id": emergency_id,
            "patient_id": opened.patient_id,
            "verdict": verdict.value,
            "words": words,
            "staff_id": actor.staff_id,
            "facility_id": actor.facility_id,
        },
    )
    if not written.rowcount:
        raise Stale("Somebody has judged this meanwhile.")
    audit.record(
        session, act=JUDGED, patient_id=opened.patient_id, object_kind="emergency", object_id=emergency_id
    )
    return emergency_id
