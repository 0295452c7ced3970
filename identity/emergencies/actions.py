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
from identity.access import queries as access
from identity.access.enumerations import Condition, Thing
from identity.access.rules.policy import EMERGENCY_ASKS
from identity.emergencies.enumerations import EmergencyReason, Verdict
from identity.emergencies.queries import (
    Emergencies,
    emergencies_to_judge,
    emergency,
    own_emergencies,
    patient_named,
)
from identity.emergencies.tables import EmergencyVerdict
from identity.people.rules.snils import SNILS_SYSTEM, normal_snils
from identity.second_factors.enumerations import Occasion
from identity.second_factors.queries.demands import require_second_factor
from identity.staff.queries import is_own_identifier

OPENED, VERDICT_GIVEN = "emergency.opened", "emergency.judged"
# What the patient reads of the verdict.
JUDGED = {Verdict.JUSTIFIED: "emergency.justified", Verdict.NOT_JUSTIFIED: "emergency.not_justified"}


def open_in_emergency(
    session: ActorSession,
    *,
    snils: str,
    birth_date: date,
    reason: EmergencyReason,
    words: str,
    withheld: bool = False,
) -> UUID:
    """Let the actor alone see the record of the one person with this number and day of birth, for an hour.

    Who is in the care of the actor already is opened without an emergency: nothing is told and nothing waits for a verdict.

    Args:
        withheld: what is shown to the treating team alone is needed too: that is an emergency also where the record is open.

    Returns:
        Whose record it is.

    Raises:
        NotFound: nobody is known by exactly this.
        SecondFactorNeeded: the actor must first prove anew that it is they.
        RuleBroken: it is the actor's own, or the actor has opened as many as one person may in a day.
    """
    number = normal_snils(snils) or ""
    patient_id = patient_named(session, number=number, birth_date=birth_date)
    if patient_id is None:
        raise NotFound("Nobody is known by exactly this number and date of birth.")
    if is_own_identifier(session, number, system=SNILS_SYSTEM):
        raise RuleBroken("This is your own record. You see it when you sign in as a patient.")
    part = Thing.LABELLED_ENTRIES if withheld else Thing.DEMOGRAPHICS
    if access.in_ordinary_care(session, patient_id, part):
        return patient_id
    _begin(session, patient_id, reason=reason, words=words)
    return patient_id


def _begin(session: ActorSession, patient_id: UUID, *, reason: EmergencyReason, words: str) -> None:
    if Condition.SECOND_FACTOR in EMERGENCY_ASKS:
        require_second_factor(session, Occasion.EMERGENCY)
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


def list_emergencies_to_judge(session: ActorSession) -> Emergencies:
    """What waits for the privacy officer's verdict, and the figures of the facilities."""
    found = emergencies_to_judge(session)
    shown = [(each.patient_id, each.id) for each in found.cards]
    audit.record_listed(session, act="emergencies.listed", object_kind="emergency", shown=shown)
    return found


def list_own_emergencies(session: ActorSession) -> Emergencies:
    """What the actor has opened, and the verdicts."""
    found = own_emergencies(session)
    shown = [(each.patient_id, each.id) for each in found.cards]
    audit.record_listed(session, act="emergencies.listed", object_kind="emergency", shown=shown)
    return found


def open_emergency(session: ActorSession, emergency_id: UUID) -> Emergencies:
    """One, as the privacy officer judges it. Raises NotFound."""
    found = emergency(session, emergency_id)
    (opened,) = found.cards
    audit.record(
        session,
        act="emergency.shown",
        patient_id=opened.patient_id,
        object_kind="emergency",
        object_id=emergency_id,
    )
    return found


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
        session,
        act=JUDGED[verdict],
        patient_id=opened.patient_id,
        object_kind="emergency",
        object_id=emergency_id,
        reason=words,
    )
    announce(session, VERDICT_GIVEN, {"patient_id": str(opened.patient_id), "object_id": str(emergency_id)})
    return emergency_id
