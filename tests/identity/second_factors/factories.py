"""Passkeys, for tests that use none of them."""

from uuid import UUID

from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from identity.second_factors.tables import Passkey


def kept_passkey(session: ActorSession, name: str = "Work computer") -> UUID:
    """A passkey of the actor's whose device nobody has."""
    passkey_id = new_id()
    key = {"credential_id": passkey_id.bytes, "public_key": b"", "sign_count": 0}
    session.add(Passkey(id=passkey_id, staff_id=session.actor.staff_id, name=name, **key))
    session.flush()
    return passkey_id
