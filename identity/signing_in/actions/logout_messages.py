"""Messages by which a provider ends sessions: each is taken once."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.sealing import token_digest
from identity.signing_in.tables import LogoutMessage

# Longer than any clock may be wrong: a message whose time is over is refused for that.
MESSAGES_KEPT = timedelta(hours=1)


def consume_logout_message(session: ActorSession, *, issuer: str, number: str, expires_at: datetime) -> bool:
    """Note a back-channel message by its number; False where it was taken before."""
    session.execute(delete(LogoutMessage).where(LogoutMessage.expires_at < now() - MESSAGES_KEPT))
    noted = session.connection().execute(
        insert(LogoutMessage).on_conflict_do_nothing(),
        {"issuer": issuer, "number_sha256": token_digest(number), "expires_at": expires_at},
    )
    return bool(noted.rowcount)
