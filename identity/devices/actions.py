"""Signing out on another device: its session is over when the transaction commits, for every process."""

from typing import cast
from uuid import UUID

from foundation.database.transactions import ActorSession
from foundation.errors import RuleBroken
from identity.sessions.actions.sessions import end_session
from identity.sessions.queries.devices import other_devices, require_own_session
from identity.sessions.rules.endings import ELSEWHERE


def sign_out_elsewhere(session: ActorSession, session_id: UUID) -> UUID:
    """End one session of the reader's; one that is over already stays so.

    Raises:
        NotFound: there is no such session, or it is somebody else's.
        RuleBroken: it is the one in which this is asked.
    """
    require_own_session(session, session_id)
    if session_id == session.actor.session_id:
        raise RuleBroken("This is the device that you are using. Choose “Sign out” to sign out here.")
    end_session(session, session_id, reason=ELSEWHERE)
    return session_id


def sign_out_everywhere_else(session: ActorSession) -> UUID:
    """End every session of the reader's but the one in which this is asked, whose id it gives."""
    for session_id in other_devices(session):
        end_session(session, session_id, reason=ELSEWHERE)
    return cast(UUID, session.actor.session_id)  # the guard knows that somebody is signed in
