"""Reading images is an act: it is written down once for each opening of the viewer, not for every frame.

Whoever asks for pictures or headers without the viewer leaves the same row, once a session and study.
"""

from sqlalchemy.dialects.postgresql import insert

from archive_gateway.studies.queries.studies import StudyCard, study_to_read
from archive_gateway.studies.tables.accesses import StudyAccess
from foundation import audit
from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.recent_keys import RecentKeys

# The session and the study that it has read: frames then cost no look at the table.
_written = RecentKeys(capacity=10_000)


def open_study(session: ActorSession, study_instance_uid: str) -> StudyCard:
    """The study, and the audit row that it was opened.

    Raises:
        NotFound: no such study, or not one that the reader may see.
    """
    study = study_to_read(session, study_instance_uid)
    _note(session, study)
    _record(session, study)
    return study


def record_study_access(session: ActorSession, study_instance_uid: str) -> None:
    """Leave the audit row of reading this study, unless this session has left it already.

    Raises:
        NotFound: no such study, or not one that the reader may see.
    """
    session_id = session.actor.session_id
    if session_id is not None and _written.contains((session_id, study_instance_uid)):
        return
    study = study_to_read(session, study_instance_uid)
    if _note(session, study):
        _record(session, study)


def _note(session: ActorSession, study: StudyCard) -> bool:
    """Whether this is the session's first reading of the study."""
    actor = session.actor
    if actor.session_id is None:
        return True
    noted = session.connection().execute(
        insert(StudyAccess).on_conflict_do_nothing(),
        {
            "session_id": actor.session_id,
            "study_id": study.id,
            "patient_id": study.patient_id,
            "read_at": now(),
        },
    )
    _written.add_after_commit(session, [(actor.session_id, study.study_instance_uid)])
    return bool(noted.rowcount)


def _record(session: ActorSession, study: StudyCard) -> None:
    audit.record(
        session, act="study.opened", patient_id=study.patient_id, object_kind="study", object_id=study.id
    )
