"""Opening the first page: a visit begins with it."""

from foundation import audit
from foundation.clock import now
from foundation.database.transactions import ActorSession, send_with_next
from portal.home.queries import Home, home_of

VISIT = (
    "INSERT INTO portal.record_visit (session_id, patient_id, began_at) "
    "VALUES (%(session_id)s, %(patient_id)s, %(began_at)s) ON CONFLICT DO NOTHING"
)


def open_home(session: ActorSession) -> Home:
    """What is next and what is new; the visit begins with it, once for each session."""
    actor = session.actor
    # Whoever looks on somebody's behalf leaves what is new to that person new.
    if actor.session_id and actor.delegation_id is None:
        send_with_next(
            session.connection(),
            VISIT,
            {"session_id": actor.session_id, "patient_id": actor.patient_id, "began_at": now()},
        )
    audit.record(session, act="home.opened", patient_id=actor.patient_id)
    return home_of(session)
