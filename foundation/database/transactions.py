"""`transaction(actor)`: one request, one transaction, one person in the context."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import cast
from uuid import UUID

from psycopg2.errors import DiskFull as DiskIsFull
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from foundation.actor import Actor
from foundation.database.process_engines import engine
from foundation.database.round_trips import BatchingConnection
from foundation.errors import Busy, DiskFull, RateLimited

CONTEXT = "SELECT " + ", ".join(
    f"set_config('app.{name}', %({name})s, true)"
    for name in ("actor_kind", "account", "patient", "staff", "facility", "role")
)
# Who acts for somebody else says so too; everybody else is spared it.
CONTEXT_OF_DELEGATE = f"{CONTEXT}, set_config('app.delegation', %(delegation)s, true), set_config('app.scopes', %(scopes)s, true)"
# How the database says that somebody reads more than a person can.
READS_TOO_MUCH = "PT429"


class ActorSession(Session):
    """A database session that knows who acts, from its beginning to its end."""

    def __init__(self, engine: Engine, actor: Actor) -> None:
        super().__init__(engine, expire_on_commit=False)
        self._actor = actor

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
    """
    with ActorSession(on or engine(), actor) as session:
        try:
            yield session
            session.commit()
        except (OperationalError, PoolTimeout) as fault:
            raise busy(fault) from fault
        except DBAPIError as fault:
            if getattr(fault.orig, "pgcode", None) != READS_TOO_MUCH:
                raise
            raise RateLimited(
                "Many records were opened in a short time. Please wait a minute, then go on."
            ) from fault


def busy(fault: Exception) -> Busy:
    """What people are told of a database that does not carry out what it was asked."""
    if isinstance(getattr(fault, "orig", None), DiskIsFull):
        return DiskFull()
    return Busy("The service is very busy. Please try again in a moment.")


@event.listens_for(ActorSession, "after_begin")
def _set_actor_context(session: ActorSession, _transaction: object, connection: Connection) -> None:
    send_with_next(connection, *context_statement(session.actor))


def send_with_next(connection: Connection, statement: str, values: Mapping[str, object]) -> None:
    """Have a statement whose answer nobody needs sent with the next one, or with the commit: no round trip of its own.

    What the database has against it is heard then.
    """
    cast(BatchingConnection, connection.connection.dbapi_connection).send_with_next(statement, values)


def context_statement(actor: Actor) -> tuple[str, dict[str, str]]:
    """The SQL that tells row-level security who acts, until the transaction ends."""
    values = {
        "actor_kind": actor.kind.value,
        "account": _text(actor.account_id),
        "patient": _text(actor.patient_id),
        "staff": _text(actor.staff_id),
        "facility": _text(actor.facility_id),
        "role": actor.role,
    }
    if actor.delegation_id is None:
        return CONTEXT, values
    further = {"delegation": _text(actor.delegation_id), "scopes": ",".join(actor.scopes or ())}
    return CONTEXT_OF_DELEGATE, {**values, **further}


def _text(identifier: UUID | None) -> str:
    return str(identifier) if identifier else ""
