"""Opening one's own referrals and bookings, and taking a visit along: each is an act, and is written down."""

from uuid import UUID

from foundation import audit
from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from portal.dispatch.queries import DispatchHistory, UpcomingVisit, dispatch_history_of


def open_dispatch(session: ActorSession) -> DispatchHistory:
    """The reader's referrals and bookings."""
    audit.record(session, act="dispatch.opened", patient_id=session.actor.patient_id)
    return dispatch_history_of(session)


def export_visit(session: ActorSession, referral_id: UUID) -> UpcomingVisit:
    """The visit that is still to come of one of the reader's referrals, to be taken along.

    Raises:
        NotFound: there is none, or the referral is not the reader's.
    """
    visit = dispatch_history_of(session).visit_to_come(referral_id, at=now())
    if visit is None:
        raise NotFound("This referral has no visit still to come.")
    audit.record(
        session,
        act="visit.exported",
        patient_id=session.actor.patient_id,
        object_kind="referral",
        object_id=referral_id,
    )
    return visit
