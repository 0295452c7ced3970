"""One step of a referral: its state, its owner and its history move together, and the step is noted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from dispatch_backend.queries.history import last_hash
from dispatch_backend.rules.history import BEGINNING, Event, sealed
from dispatch_backend.rules.states import Act, next_state
from dispatch_backend.rules.worklist import standing
from dispatch_backend.tables import Referral, ReferralEvent, Slot
from foundation import audit
from foundation.actor import Actor
from foundation.errors import RuleBroken
from identity.queries import CENTER_CODE, facility_by_code


def center_id(session: Session) -> UUID:
    """The Dispatching Center, itself a facility.

    Raises:
        RuleBroken: the region has not entered it.
    """
    center = facility_by_code(session, CENTER_CODE)
    if center is None:
        raise RuleBroken("The Dispatching Center is not set up yet.")
    return center.id


def take_step(
    session: Session,
    referral: Referral,
    act: Act,
    *,
    actor: Actor,
    at: datetime,
    reason: str = "",
    slot: Slot | None = None,
) -> None:
    """Move the locked referral on by one event.

    Raises:
        RuleBroken: nobody may do this in its state.
        NotAllowed: not in this role.
    """
    before, after = referral.state, next_state(referral.state, act, actor.role)
    stands = standing(
        after,
        center_id=center_id(session),
        due_at=referral.due_at,
        visit=(slot.facility_id, slot.ends_at) if slot else None,
        at=at,
    )
    # All four at once: the database takes one change for one event.
    referral.state, referral.version = after, referral.version + 1
    referral.owner_id, referral.next_action_due = stands.owner_id, stands.act_by
    session.flush()
    event = Event(
        referral_id=referral.id,
        seq=referral.version,
        patient_id=referral.patient_id,
        from_state=before,
        to_state=referral.state,
        act=act,
        actor_role=actor.role,
        actor_staff_id=actor.staff_id,
        actor_facility_id=actor.facility_id,
        at=at,
        reason=reason,
    )
    add_event(session, event, previous=last_hash(session, referral.id, seq=referral.version - 1))


def add_event(session: Session, event: Event, *, previous: str = BEGINNING) -> None:
    """Write the event behind the one before, and note the act; the referral already says where it led."""
    session.connection().execute(
        insert(ReferralEvent).inline(), [event_row(sealed(event, previous=previous))]
    )
    audit.record(
        session,
        act=event.act.value,
        patient_id=event.patient_id,
        object_kind="referral",
        object_id=event.referral_id,
        reason=event.reason,
    )


def event_row(event: Event) -> dict[str, object]:
    return {
        "referral_id": event.referral_id,
        "seq": event.seq,
        "patient_id": event.patient_id,
        "from_state": event.from_state.value if event.from_state else "",
        "to_state": event.to_state,
        "act": event.act.value,
        "actor_role": event.actor_role,
        "actor_staff_id": event.actor_staff_id,
        "actor_facility_id": event.actor_facility_id,
        "at": event.at,
        "reason": event.reason,
        "previous_sha256": event.previous_sha256,
        "sha256": event.sha256,
    }
