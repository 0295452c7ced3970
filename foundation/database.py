"""Tables' common base, and `transaction(actor)`: one request, one transaction, one person in the context."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from psycopg2.extensions import QuotedString
from sqlalchemy import Connection, Dialect, Engine, Enum, MetaData, Text, TypeDecorator, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from foundation.actor import Actor
from foundation.database_faults import keep_rows_out_of_faults
from foundation.errors import Busy

# About four connections a core: hot rows are faster with few connections, HTTP queues instead.
POOL_SIZE = 8
WAIT_FOR_CONNECTION_S = 5


def _words(enumeration: type[StrEnum]) -> list[str]:
    return [member.value for member in enumeration]


class Base(DeclarativeBase):
    """Every table's parent. Names of constraints are fixed so that migrations can drop them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    # Enumerations are kept as text with their own words, so that a new word needs no ALTER TYPE.
    type_annotation_map: ClassVar = {
        StrEnum: Enum(StrEnum, native_enum=False, create_constraint=False, length=40, values_callable=_words),
    }


Kept = TypeVar("Kept", bound=StrEnum)


class Word(TypeDecorator[Kept]):
    """A column of an enumeration that reads former words too: those that its `_missing_` knows. It writes today's."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[Kept]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: Kept | None, dialect: Dialect) -> str | None:
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> Kept | None:
        return None if value is None else self.words(value)


@dataclass(frozen=True)
class Engines:
    """The engines of a process.

    Attributes:
        transactions: for everything that somebody does.
        door: for single statements before anybody is known.
    """

    transactions: Engine
    door: Engine

    def dispose(self) -> None:
        self.transactions.dispose()
        self.door.dispose()


# Of this process, once it is connected.
_engines: Engines | None = None


def make_engine(url: str, *, pool_size: int = POOL_SIZE, **options: Any) -> Engine:
    """An engine whose transactions know their actor. The login decides the rights: center_web, center_worker, …"""
    made = create_engine(
        url.replace("postgresql://", "postgresql+psycopg2://", 1),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=WAIT_FOR_CONNECTION_S,
        connect_args={"connect_timeout": WAIT_FOR_CONNECTION_S, "application_name": "dispatching-center"},
        hide_parameters=True,
        **options,
    )
    keep_rows_out_of_faults(made)
    event.listen(made, "before_cursor_execute", _send_context_along, retval=True)
    event.listen(made, "checkin", _forget_context)
    return made


def connect(url: str, *, pool_size: int = POOL_SIZE) -> Engine:
    """Make the engines of this process; the one of transactions is returned."""
    global _engines
    _engines = Engines(
        transactions=make_engine(url, pool_size=pool_size),
        door=make_engine(url, pool_size=pool_size, isolation_level="AUTOCOMMIT"),
    )
    return _engines.transactions


def at_the_door() -> Connection:
    """A connection for one statement about nobody's health, such as who a session's token belongs to.

    Each statement stands for itself: no BEGIN and no COMMIT are sent around it.
    """
    return _connected().door.connect()


def engine() -> Engine:
    return _connected().transactions


def _connected() -> Engines:
    if _engines is None:
        raise RuntimeError("This process is not connected to a database yet.")
    return _engines


def disconnect() -> None:
    """Close the pools: for the end of a process, and before a fork."""
    global _engines
    if _engines is not None:
        _engines.dispose()
    _engines = None


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
        Busy: the database cannot be reached or has no connection free.
    """
    with ActorSession(on or engine(), actor) as session:
        try:
            yield session
            session.commit()
        except (OperationalError, PoolTimeout) as fault:
            raise Busy("The service is very busy. Please try again in a moment.") from fault


@event.listens_for(ActorSession, "after_begin")
def _remember_context(session: ActorSession, _transaction: object, connection: Connection) -> None:
    connection.info["context"] = context_statement(session.actor)


def context_statement(actor: Actor) -> str:
    """The SQL that tells row-level security who acts, until the transaction ends."""
    values = {
        "app.actor_kind": actor.kind.value,
        "app.account": _text(actor.account_id),
        "app.patient": _text(actor.patient_id),
        "app.staff": _text(actor.staff_id),
        "app.facility": _text(actor.facility_id),
        "app.role": actor.role,
    }
    calls = ", ".join(f"set_config('{name}', {QuotedString(value)}, true)" for name, value in values.items())
    return f"SELECT {calls}; "


def _text(identifier: UUID | None) -> str:
    return str(identifier) if identifier else ""


def _send_context_along(
    connection: Connection, cursor: Any, statement: str, parameters: Any, _context: object, executemany: bool
) -> tuple[str, object]:
    """Put the context before the first statement, so that it costs no round trip of its own."""
    prefix = connection.info.pop("context", None)
    if prefix is None:
        return statement, parameters
    if executemany:
        cursor.execute(prefix)
        return statement, parameters
    return prefix.replace("%", "%%") + statement, parameters


def _forget_context(_dbapi_connection: object, record: ConnectionPoolEntry) -> None:
    record.info.pop("context", None)
