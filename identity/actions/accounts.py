"""An account is a person as one provider knows them; it is made only once somebody of ours was found for it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from foundation.clock import now
from foundation.identifiers import new_id
from identity.tables import Account


def account_for(session: Session, *, issuer: str, subject: str) -> UUID:
    """The account of this issuer and subject, made at the first sign-in."""
    session.connection().execute(
        insert(Account).on_conflict_do_nothing(),
        {"id": new_id(), "issuer": issuer, "subject": subject, "made_at": now()},
    )
    return session.scalars(
        select(Account.id).where(Account.issuer == issuer, Account.subject == subject)
    ).one()
