"""Opening the list of accesses, and taking it along: itself an access, and written down."""

from collections.abc import Iterator
from dataclasses import replace

from foundation import audit
from foundation.database.transactions import ActorSession
from portal.access_log.queries import AccessLog, AccessWanted, access_log_of

# So many acts are asked for at once while a table is written.
PORTION = 1000


def open_access_log(session: ActorSession, wanted: AccessWanted) -> AccessLog:
    """Who did what with the reader's record, this look included."""
    audit.record(session, act="access_log.opened", patient_id=session.actor.patient_id)
    return access_log_of(session, wanted)


def export_access_log(session: ActorSession, wanted: AccessWanted) -> Iterator[AccessLog]:
    """All of what is wanted, in portions, the newest first; written down before the first of them is read."""
    audit.record(session, act="access_log.exported", patient_id=session.actor.patient_id)
    before = wanted.before
    while True:
        portion = access_log_of(session, replace(wanted, before=before), page=PORTION)
        yield portion
        before = portion.next_before
        if before is None:
            return
