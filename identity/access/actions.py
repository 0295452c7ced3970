"""Bringing a patient into a facility's care, and out of it: while it lasts, its staff may see the patient."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Text, case, cast, func, true, update
from sqlalchemy.dialects.postgresql import insert

from foundation import audit
from foundation.actor import ActorKind
from foundation.clock import now
from foundation.database.bulk import WrittenRows, add_written, write_rows
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from identity.access.enumerations import CareBasis
from identity.access.tables import CareRelation

LENGTHENED = (
    "ON CONFLICT ON CONSTRAINT uq_care_relation_patient_id "
    "DO UPDATE SET ends_at = greatest(care_relation.ends_at, excluded.ends_at)"
)


@dataclass(frozen=True, slots=True)
class HistoricalCare:
    """A facility has cared for a patient since `began_at`, until then or (None) until further notice."""

    patient_id: UUID
    facility_id: UUID
    basis: CareBasis
    began_at: datetime
    id: UUID = field(default_factory=new_id)
    until: datetime | None = None


def load_care(session: ActorSession, relations: Sequence[HistoricalCare]) -> None:
    """Enter care that began in the past; for loaders. What is known already is lengthened where this asks for it.

    It leaves no line of its own: the line of whatever brought the patient there is written with it.
    """
    enter_care(session, write_care(relations))


def enter_care(session: ActorSession, relations: WrittenRows) -> None:
    """The same of care that is written out."""
    add_written(session, CareRelation, relations, known=LENGTHENED)


def write_care(relations: Sequence[HistoricalCare]) -> WrittenRows:
    """Care that began in the past, written out for `enter_care`. No database is needed."""
    rows = [
        {
            "id": each.id,
            "patient_id": each.patient_id,
            "facility_id": each.facility_id,
            "basis": each.basis,
            "began_at": each.began_at,
            "ends_at": each.until or "infinity",
        }
        for each in relations
    ]
    return write_rows(rows)


def begin_care(session: ActorSession, *, patient_id: UUID, facility_id: UUID, basis: CareBasis) -> None:
    """Let the facility care for the patient until further notice; saying it twice changes nothing. For loaders.

    Nothing is told of care that does not begin, because the patient has closed the record to the facility.
    """
    lives = CareRelation.ends_at > func.now()
    made = session.connection().execute(
        insert(CareRelation).on_conflict_do_nothing().returning(lives),
        {
            "id": new_id(),
            "patient_id": patient_id,
            "facility_id": facility_id,
            "basis": basis.value,
            "began_at": now(),
        },
    )
    if made.scalar():
        audit.record(
            session, act="care.begun", patient_id=patient_id, object_kind="facility", object_id=facility_id
        )


def grant_care_by_referral(
    session: ActorSession, *, patient_id: UUID, facility_id: UUID, until: datetime | None = None
) -> None:
    """Let the facility care for the patient because of a referral until that moment, or until further notice.

    Care by referral that it gives already is moved to that end; care on another basis stays as it is.

    The database refuses (InsufficientPrivilege) whose facility does not care for the patient now, and a doctor who
    would do more than let the Dispatching Center in, or shorten the care of the doctor's own facility.
    """
    _change_care_by_referral(session, patient_id, facility_id, until or "infinity")


def end_care_by_referral(session: ActorSession, *, patient_id: UUID, facility_id: UUID) -> None:
    """Let the facility's care by referral, if there is any, end at once; refused as `grant_care_by_referral` is."""
    _change_care_by_referral(session, patient_id, facility_id, None)


def _change_care_by_referral(
    session: ActorSession, patient_id: UUID, facility_id: UUID, until: datetime | str | None
) -> None:
    settle = _settle_after_death if session.actor.kind is ActorKind.SYSTEM else _settle
    if change := settle(session, patient_id, facility_id, until):
        audit.record(
            session,
            act=f"care.{change}",
            patient_id=patient_id,
            object_kind="facility",
            object_id=facility_id,
        )


def _settle(session: ActorSession, patient_id: UUID, facility_id: UUID, until: datetime | str | None) -> str:
    # A definer function: nobody may change rows of care, only ask for this one change.
    moment = cast(until, DateTime(timezone=True))
    asked = func.identity.settle_care_by_referral(patient_id, facility_id, moment, new_id(), type_=Text())
    change: str = session.scalars(asked).one()
    return change


def _settle_after_death(
    session: ActorSession, patient_id: UUID, facility_id: UUID, until: datetime | str | None
) -> str:
    """The worker's way, which begins no care that never was; row-level security holds it to patients whose death was recorded."""
    ends_at = func.now() if until is None else cast(until, DateTime(timezone=True))
    over = CareRelation.ends_at <= func.now()
    moved = session.connection().execute(
        update(CareRelation)
        .where(
            CareRelation.patient_id == patient_id,
            CareRelation.facility_id == facility_id,
            CareRelation.basis == CareBasis.REFERRAL,
            CareRelation.staff_id.is_(None),
            CareRelation.ends_at != ends_at,
            ~over if until is None else true(),
        )
        .values(ends_at=ends_at, began_at=case((over, func.now()), else_=CareRelation.began_at))
    )
    if not moved.rowcount:
        return ""
    return "ended" if until is None else "begun" if until == "infinity" else "limited"
