"""A member of staff's own passkeys; nobody sees another's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select

from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from identity.second_factors.ceremonies import Credential
from identity.second_factors.tables import Passkey, PasskeyEnd, PasskeyResetConfirmation

NO_PASSKEY = "There is no such passkey."


@dataclass(frozen=True, slots=True)
class PasskeyCard:
    """One as its owner knows it. `last_used_at` is None for one that was never used."""

    id: UUID
    name: str
    made_at: datetime
    last_used_at: datetime | None


def own_passkeys(session: ActorSession) -> Sequence[PasskeyCard]:
    """The actor's living ones, the newest first."""
    rows = session.execute(
        _living(session, Passkey.id, Passkey.name, Passkey.made_at, Passkey.last_used_at).order_by(
            Passkey.made_at.desc()
        )
    )
    return [PasskeyCard(*row) for row in rows]


def own_passkey(session: ActorSession, passkey_id: UUID) -> PasskeyCard:
    """One of the actor's. Raises NotFound: absent, ended, or another's."""
    found = [each for each in own_passkeys(session) if each.id == passkey_id]
    if not found:
        raise NotFound(NO_PASSKEY)
    return found[0]


def credentials_of_actor(session: ActorSession) -> Sequence[Credential]:
    """The actor's living ones, as the ceremonies know them."""
    return [credential_of(passkey) for passkey in session.scalars(_living(session, Passkey))]


def credential_of(passkey: Passkey) -> Credential:
    transports = tuple(passkey.transports.split(",")) if passkey.transports else ()
    return Credential(passkey.credential_id, passkey.public_key, passkey.sign_count, transports)


def has_passkey(session: ActorSession) -> bool:
    return session.execute(_living(session, Passkey.id).limit(1)).one_or_none() is not None


def passkey_to_change(session: ActorSession, passkey_id: UUID) -> Passkey:
    """One of the actor's, locked. Raises NotFound: absent, ended, or another's."""
    found = session.scalar(_living(session, Passkey).where(Passkey.id == passkey_id).with_for_update())
    if found is None:
        raise NotFound(NO_PASSKEY)
    return found  # type: ignore[no-any-return]


def passkey_to_use(session: ActorSession, credential_id: bytes) -> Passkey | None:
    """The actor's passkey that a browser names, locked; None where it is none of theirs, or has ended."""
    named = _living(session, Passkey).where(Passkey.credential_id == credential_id)
    return session.scalar(named.with_for_update())  # type: ignore[no-any-return]


def _living(session: ActorSession, *columns: Any) -> Select[Any]:
    asked: Select[Any] = select(*columns)
    ended = exists().where(PasskeyEnd.passkey_id == Passkey.id)
    reset = exists().where(
        PasskeyResetConfirmation.staff_id == Passkey.staff_id,
        PasskeyResetConfirmation.confirmed_at >= Passkey.made_at,
    )
    return asked.where(Passkey.staff_id == session.actor.staff_id, ~ended, ~reset)
