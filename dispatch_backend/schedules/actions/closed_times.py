"""Closing a time, and opening it again."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range, insert

from dispatch_backend.capacity.enumerations import ClosingReason
from dispatch_backend.capacity.tables import ClosedTime, ClosedTimeEnd
from dispatch_backend.schedules.queries.closed_times import closed_time_to_end, touched_by
from dispatch_backend.schedules.queries.schedules import resource_to_offer
from dispatch_backend.schedules.rules import PartOfDay, require_as_seen, to_be_closed
from foundation import audit
from foundation.clock import now
from foundation.database.transactions import ActorSession


@dataclass(frozen=True, slots=True)
class AskedClosing:
    """Why a time is closed; `seen` is for how many patients a time was booked there, as whoever closes it was told."""

    reason: ClosingReason
    words: str
    seen: int | None


def close_time(session: ActorSession, resource_id: UUID, part: PartOfDay, asked: AskedClosing) -> UUID:
    """Offer nothing of the resource meanwhile; who is booked there stays booked until a dispatcher moves them.

    Raises:
        NotFound: no such resource among those that the actor keeps.
        RuleBroken: all of it has passed, or it is longer than a year.
        Stale: other bookings stand there than whoever closes it was told.
    """
    resource = resource_to_offer(session, resource_id)
    closed = to_be_closed(part, at=now())
    made = ClosedTime(
        resource_id=resource.id,
        during=Range(closed.begins, closed.ends, bounds="[)"),
        reason=asked.reason,
        words=asked.words,
        closed_by=session.actor.staff_id,
    )
    session.add(made)
    # From now on nobody books there, so that the number stays what it is.
    session.flush()
    require_as_seen(booked=touched_by(session, resource.id, closed).booked, seen=asked.seen)
    audit.record(session, act="time.closed", patient_id=None, object_kind="closed_time", object_id=made.id)
    return resource.id


def reopen_time(session: ActorSession, closed_time_id: UUID) -> UUID:
    """Offer again what was closed and is still free; twice is once. Returns the resource.

    Raises:
        NotFound: no such closed time among those that the actor keeps.
    """
    closed = closed_time_to_end(session, closed_time_id)
    ended = {"closed_time_id": closed.id, "ended_by": session.actor.staff_id}
    made = session.execute(insert(ClosedTimeEnd).values(ended).on_conflict_do_nothing())
    if made.rowcount:  # type: ignore[attr-defined]  # of whatever inserts
        audit.record(
            session, act="time.reopened", patient_id=None, object_kind="closed_time", object_id=closed.id
        )
    return closed.resource_id
