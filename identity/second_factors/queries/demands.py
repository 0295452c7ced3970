"""Whether the actor must prove anew that it is they, before what they are about to do."""

from datetime import datetime

from sqlalchemy import select

from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.errors import SecondFactorNeeded
from identity.second_factors.enumerations import Occasion
from identity.second_factors.queries.passkeys import has_passkey
from identity.second_factors.queries.resets import reset_of_actor
from identity.second_factors.rules.occasions import is_asked, is_given
from identity.sessions.rules.second_factors import FactorKind, SecondFactor, second_factor
from identity.sessions.tables.sessions import Session

# Of this process, as its settings say: whether also whoever has no passkey must give a second factor.
_required = {"all": False}


def set_second_factor_required(required: bool) -> None:
    _required["all"] = required


def second_factor_required() -> bool:
    return _required["all"]


def require_second_factor(session: ActorSession, occasion: Occasion) -> None:
    """Let nobody go on who has not just proven anew that it is they.

    Raises:
        SecondFactorNeeded: they are asked for it; the page that answers leads back to what was being done.
    """
    if is_given(_own_factor(session), occasion, at=now()):
        return
    asked = is_asked(required=second_factor_required(), has_passkey=has_passkey(session), occasion=occasion)
    if asked:
        raise SecondFactorNeeded("Confirm first that it is you.")


def provider_of_actor(session: ActorSession) -> str:
    """Through which provider, by its name in the settings, the actor has signed in; "" where they are not signed in."""
    asked = select(Session.provider).where(Session.id == session.actor.session_id)
    return session.scalar(asked) or ""


def _own_factor(session: ActorSession) -> SecondFactor | None:
    asked = select(Session.second_factor, Session.second_factor_at)
    row = session.execute(asked.where(Session.id == session.actor.session_id)).one_or_none()
    factor = second_factor(*row) if row else None
    since = reset_of_actor(session) if factor and factor.kind is FactorKind.PASSKEY else None
    # What a passkey proved that has been lost since then proves nothing.
    return factor if since is None or (factor and factor.at > since.at) else None


def signed_in_since(session: ActorSession, moment: datetime) -> bool:
    """Whether the actor has proven to the provider who they are after that moment."""
    asked = select(Session.id).where(
        Session.id == session.actor.session_id, Session.authenticated_at > moment
    )
    return session.scalar(asked) is not None
