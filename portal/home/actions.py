"""Opening the first page: a visit begins with it."""

from foundation import audit
from foundation.clock import now
from foundation.database.prepared_statement import PreparedStatement
from foundation.database.transactions import ActorSession
from portal.home.queries import Home, home_of

VISIT = PreparedStatement(
    "INSERT INTO portal.record_visit (session_id, patient_id, began_at) "
    "VALUES (%(session_id)s, %(patient_id)s, %(began_at)s) ON CONFLICT DO NOTHING",
    {"session_id": "uuid", "patient_id": "uuid", "began_at": "timestamptz"},
)


def open_home(session: ActorSession) -> Home:
    """What is next and what is new; the visit begins with it, once for each session."""
    actor = session.actor
    # Whoever looks on somebody's behalf leaves what is new to that person new.
    if actor.session_id and actor.delegation_id is None:
        VISIT.send_with_next(session.connection(), [actor.session_id, actor.patient_id, now()])
    audit.record(session, act="home.opened", patient_id=actor.patient_id)
    return home_of(session)
