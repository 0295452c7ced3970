"""Noting that somebody is still there, so that their session does not end for idleness."""

from uuid import UUID

from sqlalchemy import func

from foundation.database.process_engines import unauthenticated_connection


def record_activity(session_id: UUID | None) -> None:
    """Move the session's `last_seen_at` to now. Outside the request's transaction: it says nothing of a patient."""
    with unauthenticated_connection() as connection:
        connection.execute(func.identity.touch_session(session_id))
