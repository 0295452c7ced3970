"""Closing one's record to a facility, and opening it again. What follows at once the database does."""

from uuid import UUID

from sqlalchemy import Boolean, Text, func

from foundation import audit
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound, RuleBroken
from foundation.identifiers import new_id
from identity.closures.enumerations import Closing
from identity.closures.queries import NO_CLOSURE, OwnClosures, own_closures
from identity.delegations.queries import decides_until_now


def open_closures(session: ActorSession) -> OwnClosures:
    """Which facilities see the reader's record, and to which it is closed."""
    audit.record(session, act="closures.opened", patient_id=session.actor.patient_id)
    return own_closures(session)


def close_record(session: ActorSession, facility_id: UUID) -> UUID:
    """From now on nobody there sees the record, but in an emergency or where the law makes them; closed twice changes nothing.

    Raises:
        NotFound: nobody there sees the record.
        RuleBroken: what care there is may not be closed, or the actor may not decide for the patient.
    """
    decides_until_now(session)
    closure_id = new_id()
    # A definer function: nobody may change rows of care, only ask for this one change (docs/decisions/0026-the-persons-own-hand.md).
    answer: str = session.scalars(func.identity.close_record(closure_id, facility_id, type_=Text())).one()
    if answer == Closing.ABSENT:
        raise NotFound(NO_CLOSURE)
    if answer == Closing.KEPT:
        raise RuleBroken("It cannot be closed here: the page says by which law.")
    if answer == Closing.CLOSED:
        _record(session, "closure.made", facility_id)
    return facility_id


def lift_closure(session: ActorSession, facility_id: UUID) -> UUID:
    """The facility sees the record again, as far as its care would still last; lifted twice changes nothing.

    Raises:
        NotFound: the record was never closed to it.
        RuleBroken: the actor may not decide for the patient.
    """
    decides_until_now(session)
    closures = [each for each in own_closures(session).history if each.facility_id == facility_id]
    if not closures:
        raise NotFound(NO_CLOSURE)
    for each in closures:
        if (
            each.lifted_at is None
            and session.scalars(func.identity.lift_closure(each.id, type_=Boolean())).one()
        ):
            _record(session, "closure.lifted", facility_id)
    return facility_id


def _record(session: ActorSession, act: str, facility_id: UUID) -> None:
    audit.record(
        session,
        act=act,
        patient_id=session.actor.patient_id,
        object_kind="facility",
        object_id=facility_id,
    )
