"""Reading a record is an act: each of these gives the page what it shows, and writes down that it was opened."""

from uuid import UUID

from emr.details.queries import EntryReading, entry_to_read
from foundation import audit
from foundation.clock import now
from foundation.database.transactions import ActorSession, send_along
from portal.access_log.queries import AccessLog, access_log_of
from portal.access_log.rules import Whose
from portal.dispatch.queries import DispatchHistory, dispatch_history_of
from portal.home.queries import Home, home_of
from portal.images.queries import Images, images_of
from portal.record.queries import Timeline, timeline_for

VISIT = (
    "INSERT INTO portal.record_visit (session_id, patient_id, began_at) "
    "VALUES (%(session_id)s, %(patient_id)s, %(began_at)s) ON CONFLICT DO NOTHING"
)


def open_home(session: ActorSession) -> Home:
    """What is next and what is new; the visit begins with it, once for each session."""
    actor = session.actor
    if actor.session_id:
        send_along(
            session.connection(),
            VISIT,
            {"session_id": actor.session_id, "patient_id": actor.patient_id, "began_at": now()},
        )
    audit.record(session, act="home.opened", patient_id=actor.patient_id)
    return home_of(session)


def open_timeline(
    session: ActorSession, *, kind: str | None, year: int | None, before: str | None
) -> Timeline:
    """One page of the reader's own timeline."""
    audit.record(session, act="timeline.opened", patient_id=session.actor.patient_id)
    return timeline_for(session, kind=kind, year=year, before=before)


def open_entry(session: ActorSession, entry_id: UUID) -> EntryReading:
    """One entry in full. Raises NotFound: absent, unsigned, or not the reader's."""
    entry = entry_to_read(session, entry_id)
    audit.record(
        session,
        act="entry.opened",
        patient_id=session.actor.patient_id,
        object_kind="entry",
        object_id=entry_id,
    )
    return entry


def open_dispatch(session: ActorSession) -> DispatchHistory:
    """The reader's referrals and bookings."""
    audit.record(session, act="dispatch.opened", patient_id=session.actor.patient_id)
    return dispatch_history_of(session)


def list_images(session: ActorSession) -> Images:
    """The reader's studies."""
    audit.record(session, act="images.listed", patient_id=session.actor.patient_id)
    return images_of(session)


def open_access_log(session: ActorSession, *, whose: Whose, before: int | None) -> AccessLog:
    """Who did what with the reader's record, this look included."""
    audit.record(session, act="access_log.opened", patient_id=session.actor.patient_id)
    return access_log_of(session, whose=whose, before=before)
