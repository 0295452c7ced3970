"""Opening the list of accesses: itself an access, and written down."""

from datetime import date

from foundation import audit
from foundation.database.transactions import ActorSession
from portal.access_log.enumerations import AccessLogFilter
from portal.access_log.queries import AccessLog, access_log_of


def open_access_log(
    session: ActorSession, *, shown: AccessLogFilter, before: int | None, on: date | None = None
) -> AccessLog:
    """Who did what with the reader's record, on one day or ever, this look included."""
    audit.record(session, act="access_log.opened", patient_id=session.actor.patient_id)
    return access_log_of(session, shown=shown, before=before, on=on)
