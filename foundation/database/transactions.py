"""`transaction(actor)`: one request, one transaction, one person in the context."""

from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from psycopg2.errors import DiskFull as DiskIsFull
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from foundation.actor import Actor
from foundation.database.prepared_statement import PreparedStatement
from foundation.database.process_engines import engine
from foundation.errors import Busy, DiskFull, RateLimited, Refusal, Stale

ACTOR_NAMES = ("actor_kind", "account", "patient", "staff", "facility", "role")
# Whoever acts for somebody else says so too; everybody else is spared it.
DELEGATE_NAMES = (*ACTOR_NAMES, "delegation", "scopes")
# Whom the region's law opens more says so; the database looks at the law itself.
LAW_NAMES = (*ACTOR_NAMES, "law")
# Somebody outside says by which opening of a link; whose record it is the database knows from that.
SHARE_NAMES = (*ACTOR_NAMES, "share_opening")
# How the database says that somebody reads more than a person can.
READS_TOO_MUCH = "PT429"
# And that a record was joined with another while somebody wrote into it (identity.merges).
JOINED_MEANWHILE = "PT412"


def _telling(names: Sequence[str]) -> PreparedStatement:
    """The statement that tells row-level security who acts, until the transaction ends."""
    told = ", ".join(f"set_config('app.{name}', %({name})s, true)" for name in names)
    return PreparedStatement(f"SELECT {told}", dict.fromkeys(names, "text"))


TELL_ACTOR, TELL_DELEGATE, TELL_LAW, TELL_SHARE = map(
    _telling, (ACTOR_NAMES, DELEGATE_NAMES, LAW_NAMES, SHARE_NAMES)
)


class ActorSession(Session):
    """A database session that knows who acts, from its beginning to its end."""

    def __init__(self, engine: Engine, actor: Actor) -> None:
        super().__init__(engine, expire_on_commit=False)
        self._actor = actor
        # Parts of statements that are the same wherever this transaction asks.
        self.made: dict[Hashable, Any] = {}

    @property
    def actor(self) -> Actor:
        return self._actor


@contextmanager
def transaction(actor: Actor, *, on: Engine | None = None) -> Iterator[ActorSession]:
    """Open a transaction in which row-level security knows the actor; commit once at the end.

    Args:
        on: another engine than the process' own.

    Raises:
        Busy: the database cannot be reached or has no connection free; as DiskFull, it has no room.
        RateLimited: the actor has opened more records than a person can read.
        Stale: a record that is written into was joined with another meanwhile.
    """
    with ActorSession(on or engine(), actor) as session:
        try:
            yield session
            session.commit()
        except (OperationalError, PoolTimeout) as fault:
            raise busy(fault) from fault
        except DBAPIError as fault:
            refusal = _refusal_told_by(fault)
            if refusal is None:
                raise
            raise refusal from fault


def _refusal_told_by(fault: DBAPIError) -> Refusal | None:
    """What the database refuses in words of our own; None where it is a fault."""
    told = getattr(fault.orig, "pgcode", None)
    if told == READS_TOO_MUCH:
        return RateLimited("Many records were opened in a short time. Please wait a minute, then go on.")
    if told == JOINED_MEANWHILE:
        return Stale("This record was joined with another meanwhile. Look the person up again.")
    return None


def busy(fault: Exception) -> Busy:
    """What people are told of a database that does not carry out what it was asked."""
    if isinstance(getattr(fault, "orig", None), DiskIsFull):
        return DiskFull()
    return Busy("The service is very busy. Please try again in a moment.")


@event.listens_for(ActorSession, "after_begin")
def _set_actor_context(session: ActorSession, _transaction: object, connection: Connection) -> None:
    actor = session.actor
    told = [
        actor.kind.value,
        _text(actor.account_id),
        # What is a patient's own is not what they have shared: no policy of one's own rows opens to a link.
        _text(None if actor.shared else actor.patient_id),
        _text(actor.staff_id),
        _text(actor.facility_id),
        actor.role,
    ]
    if actor.shared:
        TELL_SHARE.send_with_next(connection, [*told, _text(actor.session_id)])
    elif actor.opened_by_law:
        TELL_LAW.send_with_next(connection, [*told, ",".join(actor.opened_by_law)])
    elif actor.delegation_id is None:
        TELL_ACTOR.send_with_next(connection, told)
    else:
        further = [_text(actor.delegation_id), ",".join(actor.scopes or ())]
        TELL_DELEGATE.send_with_next(connection, [*told, *further])


def _text(identifier: UUID | None) -> str:
    return str(identifier) if identifier else ""
