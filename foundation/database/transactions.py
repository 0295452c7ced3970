"""Tables' common base, and `transaction(actor)`: one request, one transaction, one person in the context."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, TypeVar, cast
from uuid import UUID

from sqlalchemy import Connection, Dialect, Engine, Enum, MetaData, Text, TypeDecorator, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session

from foundation.actor import Actor
from foundation.database.faults import keep_rows_out_of_faults
from foundation.database.round_trips import Joined, JoiningCursor
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


CONTEXT = "SELECT " + ", ".join(
    f"set_config('app.{name}', %({name})s, true)"
    for name in ("actor_kind", "account", "patient", "staff", "facility", "role")
)

# Of this process, once it is connected.
_engines: Engines | None = None


def make_engine(url: str, *, pool_size: int = POOL_SIZE) -> Engine:
    """An engine whose transactions know their actor. The login decides the rights: center_web, center_worker, …"""
    made = _engine(url, pool_size, connection_factory=Joined, cursor_factory=JoiningCursor)
    event.listen(made, "connect", lambda connection, _record: connection.begin_with_statements())
    return made


def _engine(url: str, pool_size: int, *, isolation_level: str | None = None, **driver: Any) -> Engine:
    made = create_engine(
        url.replace("postgresql://", "postgresql+psycopg2://", 1),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=WAIT_FOR_CONNECTION_S,
        connect_args={
            "connect_timeout": WAIT_FOR_CONNECTION_S,
            "application_name": "dispatching-center",
            **driver,
        },
        hide_parameters=True,
        **({"isolation_level": isolation_level} if isolation_level else {}),
    )
    keep_rows_out_of_faults(made)
    return made


def connect(url: str, *, pool_size: int = POOL_SIZE) -> Engine:
    """Make the engines of this process; the one of transactions is returned."""
    global _engines
    _engines = Engines(
        transactions=make_engine(url, pool_size=pool_size),
        door=_engine(url, pool_size, isolation_level="AUTOCOMMIT"),
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
def _tell_who_acts(session: ActorSession, _transaction: object, connection: Connection) -> None:
    send_along(connection, *context_statement(session.actor))


def send_along(connection: Connection, statement: str, values: Mapping[str, object]) -> None:
    """Have a statement whose answer nobody needs sent with the next one, or with the commit: no round trip of its own.

    What the database has against it is heard then.
    """
    cast(Joined, connection.connection.dbapi_connection).send_along(statement, values)


def context_statement(actor: Actor) -> tuple[str, dict[str, str]]:
    """The SQL that tells row-level security who acts, until the transaction ends."""
    return CONTEXT, {
        "actor_kind": actor.kind.value,
        "account": _text(actor.account_id),
        "patient": _text(actor.patient_id),
        "staff": _text(actor.staff_id),
        "facility": _text(actor.facility_id),
        "role": actor.role,
    }


def _text(identifier: UUID | None) -> str:
    return str(identifier) if identifier else ""
