"""Opening one's own referrals and bookings: reading is an act, and is written down."""

from foundation import audit
from foundation.database.transactions import ActorSession
from portal.dispatch.queries import DispatchHistory, dispatch_history_of


def open_dispatch(session: ActorSession) -> DispatchHistory:
    """The reader's referrals and bookings."""
    audit.record(session, act="dispatch.opened", patient_id=session.actor.patient_id)
    return dispatch_history_of(session)
