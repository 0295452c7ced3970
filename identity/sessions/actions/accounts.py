"""An account is a person as one provider knows them; it is made only once somebody of ours was found for it."""

from uuid import UUID

from sqlalchemy import Uuid, func

from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id


def account_for(session: ActorSession, *, issuer: str, subject: str) -> UUID:
    """The account of this issuer and subject, made at the first sign-in."""
    # A definer function: nobody may read accounts but their own, and before this answers nobody has one.
    made: UUID = session.scalars(func.identity.account_of(issuer, subject, new_id(), type_=Uuid())).one()
    return made
