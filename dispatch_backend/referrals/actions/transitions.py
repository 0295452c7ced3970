"""One step of a referral: its state, its owner and its history move together, and the step is noted."""

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from dispatch_backend.capacity.tables import Slot
from dispatch_backend.referrals.actions.constraint_errors import refusal_for
from dispatch_backend.referrals.enumerations import Act, State
from dispatch_backend.referrals.rules.history import Event, HistorySoFar, Step, following
from dispatch_backend.referrals.rules.responsibility import next_responsibility
from dispatch_backend.referrals.tables.referrals import Referral, ReferralEvent
from foundation import audit
from foundation.database.transactions import ActorSession
from identity.facilities.queries import dispatching_center

# What the database sets itself, of its own time and after the event that stands there (docs/decisions/0014-histories.md).
SEALED_BY_DATABASE = frozenset({"at", "previous_sha256", "sha256"})


def apply_transition(
    session: ActorSession,
    referral: Referral,
    act: Act,
    *,
    at: datetime,
    reason: str = "",
    slot: Slot | None = None,
) -> None:
    """Move the referral on by one event: a new one (version 0) into the queue, a locked one from state to state.

    Raises:
        RuleBroken: nobody may do this in its state.
        NotAllowed: not in this role.
    """
    actor = session.actor
    step = Step(act, at, actor.role, actor.staff_id, actor.facility_id, reason)
    event = following(step, _history_of(referral))
    _set_state(session, referral, event, slot)
    row = {name: value for name, value in event_row(event).items() if name not in SEALED_BY_DATABASE}
    try:
        session.connection().execute(insert(ReferralEvent).inline(), [row])
    except IntegrityError as fault:  # its booking goes no such step, by the clock of the database
        raise refusal_for(fault) from fault
    audit.record(
        session,
        act=act.value,
        patient_id=referral.patient_id,
        object_kind="referral",
        object_id=referral.id,
        reason=reason,
    )


def _history_of(referral: Referral) -> HistorySoFar:
    if not referral.version:
        return HistorySoFar(referral.id, referral.patient_id)
    return HistorySoFar(referral.id, referral.patient_id, referral.version, referral.state)


def _set_state(session: ActorSession, referral: Referral, event: Event, slot: Slot | None) -> None:
    """Let the referral stand where the event leads, with whoever must act next."""
    state = State(event.to_state)
    responsibility = next_responsibility(
        state,
        center_id=dispatching_center(session),
        due_at=referral.due_at,
        visit=(slot.facility_id, slot.ends_at) if slot else None,
        at=event.at,
    )
    # All four at once: the database takes one change for one event.
    referral.state, referral.version = state, event.seq
    referral.owner_id, referral.next_action_due = responsibility.owner_id, responsibility.act_by
    session.add(referral)
    session.flush()


def event_row(event: Event) -> dict[str, object]:
    """The event as its table keeps it."""
    row = event._asdict()
    row["from_state"] = event.from_state or ""
    return row
