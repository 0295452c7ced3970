"""Opening the queue: reading is an act, so it leaves its audit rows."""

from dispatch_backend.worklist.queries.narrowing import QueueFilter
from dispatch_backend.worklist.queries.queue import QueuePage, queue
from dispatch_backend.worklist.queries.queue_cursor import Cursor
from foundation import audit
from foundation.clock import now
from foundation.database.transactions import ActorSession


def open_queue(session: ActorSession, *, wanted: QueueFilter, after: Cursor | None = None) -> QueuePage:
    """One page of the queue with its numbers.

    Each patient on it can see that a list with their name was opened, once for each session of a dispatcher.
    """
    page = queue(session, wanted=wanted, at=now(), after=after)
    audit.record(session, act="dispatch.opened", patient_id=None, object_kind="queue")
    audit.record_listed(
        session,
        act="referrals.listed",
        object_kind="referral",
        shown=[(row.patient.id, row.id) for row in page.rows],
    )
    return page
