"""Giving a test client a living session, as if the provider had just sent the person back."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import Engine, insert
from sqlalchemy.dialects.postgresql import insert as upsert

from foundation.actor import Actor, ActorKind
from foundation.clock import now
from foundation.identifiers import new_id
from foundation.sealing import token_digest
from identity.authorization import session_cookie
from identity.people.rules.assurance import Assurance
from identity.sessions.tables.accounts import Account
from identity.sessions.tables.sessions import Session


def sign_in(browser: FlaskClient, actor: Actor, administrator: Engine) -> str:
    """Write the session row that signing in would have written, and set its cookie."""
    token = begin_session(actor, administrator).token
    browser.set_cookie(session_cookie(staff=actor.kind is ActorKind.STAFF), token)
    return token


@dataclass(frozen=True)
class BegunSession:
    id: UUID
    token: str


def begin_session(actor: Actor, administrator: Engine) -> BegunSession:
    """Write the session row alone."""
    begun = BegunSession(new_id(), secrets.token_urlsafe(32))
    with administrator.begin() as connection:
        connection.execute(
            upsert(Account.__table__).on_conflict_do_nothing(),
            {
                "id": actor.account_id,
                "issuer": "https://test",
                "subject": str(actor.account_id),
                "made_at": now(),
            },
        )
        connection.execute(
            insert(Session.__table__).inline(),
            {
                "id": begun.id,
                "token_sha256": token_digest(begun.token),
                "account_id": actor.account_id,
                "actor_kind": actor.kind.value,
                "patient_id": actor.patient_id,
                "staff_id": actor.staff_id,
                "facility_id": actor.facility_id,
                "role": actor.role,
                "provider": "test",
                "issuer": "https://test",
                "subject": str(actor.account_id),
                "level": Assurance.HIGH.value,
                "authenticated_at": now(),
                "expires_at": now() + timedelta(hours=8),
            },
        )
    return begun
