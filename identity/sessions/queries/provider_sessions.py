"""A session as the provider knows it: asked when both sides end, and when a post is chosen."""

from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidTag
from sqlalchemy import select

from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.sealing import unseal
from identity.people.rules.assurance import Assurance
from identity.sessions.rules.second_factors import SecondFactor, second_factor
from identity.sessions.tables.sessions import ID_TOKEN, IdToken, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSession:
    """Enough to end the provider's session, and to know which of ours it may end. The token is empty once forgotten.

    Attributes:
        second_factor: what was proven beside signing in, by the provider's word or since then; a session that follows takes
            it along.
    """

    provider: str
    issuer: str
    subject: str
    provider_session: str
    id_token: str
    level: Assurance
    authenticated_at: datetime
    expires_at: datetime
    second_factor: SecondFactor | None = None


def own_provider_session(session: ActorSession) -> ProviderSession:
    """The provider's side of the actor's session; row-level security hides everybody else's.

    Raises:
        NotFound: the actor is not signed in.
    """
    kept = session.get(Session, session.actor.session_id) if session.actor.session_id else None
    if kept is None:
        raise NotFound("There is no such session.")
    sealed = session.scalar(select(IdToken.sealed).where(IdToken.session_id == kept.id))
    return ProviderSession(
        provider=kept.provider,
        issuer=kept.issuer,
        subject=kept.subject,
        provider_session=kept.provider_session,
        id_token=_opened(sealed) if sealed else "",
        level=Assurance(kept.level),
        authenticated_at=kept.authenticated_at,
        expires_at=kept.expires_at,
        second_factor=second_factor(kept.second_factor, kept.second_factor_at),
    )


def _opened(sealed: bytes) -> str:
    """Empty where the key has been changed since: sessions last some hours, and their tokens are not sealed anew."""
    try:
        return unseal(sealed, ID_TOKEN)
    except InvalidTag:
        return ""
