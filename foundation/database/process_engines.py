"""The engines of a process: made once, when it is connected."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

from foundation.clock import zone
from foundation.database.far_moments import read_far_moments
from foundation.database.faults import redact_row_values
from foundation.database.round_trips import BatchingConnection, BatchingCursor
from foundation.postgres.passwords import opened_as

# About four connections a core: hot rows are faster with few connections, HTTP queues instead.
POOL_SIZE = 8


WAIT_FOR_CONNECTION_S = 5


@dataclass(frozen=True)
class Engines:
    """The engines of a process.

    Attributes:
        transactions: for everything that somebody does.
        unauthenticated: for single statements before anybody is known.
    """

    transactions: Engine
    unauthenticated: Engine

    def dispose(self) -> None:
        self.transactions.dispose()
        self.unauthenticated.dispose()


# Of this process, once it is connected.
_engines: Engines | None = None


def make_engine(url: str, *, pool_size: int = POOL_SIZE) -> Engine:
    """An engine whose transactions know their actor. The login decides the rights: center_web, center_worker, …"""
    return _engine(url, pool_size, BatchingConnection.begin_with_statements)


def _make_unauthenticated(url: str, pool_size: int) -> Engine:
    return _engine(url, pool_size, BatchingConnection.plan_once, isolation_level="AUTOCOMMIT")


def _engine(url: str, pool_size: int, begin: Callable[[BatchingConnection], None], **options: Any) -> Engine:
    def begun(connection: BatchingConnection, _record: object) -> None:
        begin(connection)
        connection.count_days_in(str(zone()))

    made = create_engine(
        url.replace("postgresql://", "postgresql+psycopg2://", 1),
        pool_size=pool_size,
        max_overflow=0,
        # The connection used last has the plans and the rows at hand; those that a rush has opened rest.
        pool_use_lifo=True,
        pool_timeout=WAIT_FOR_CONNECTION_S,
        connect_args={
            "connect_timeout": WAIT_FOR_CONNECTION_S,
            "application_name": "dispatching-center",
            "connection_factory": BatchingConnection,
            "cursor_factory": BatchingCursor,
        },
        hide_parameters=True,
        **options,
    )
    event.listen(made, "do_connect", _opened)
    event.listen(made, "connect", begun)
    redact_row_values(made)
    read_far_moments()
    return made


def _opened(dialect: Any, _record: object, words: Any, options: dict[str, Any]) -> Any:
    """As SQLAlchemy connects, with the further password of the role where there is one and the first does not open."""
    return opened_as(
        options.get("user", ""), lambda other: dialect.loaded_dbapi.connect(*words, **{**options, **other})
    )


def connect(url: str, *, pool_size: int = POOL_SIZE) -> Engine:
    """Make the engines of this process; the one of transactions is returned."""
    global _engines
    _engines = Engines(
        transactions=make_engine(url, pool_size=pool_size),
        unauthenticated=_make_unauthenticated(url, pool_size),
    )
    return _engines.transactions


def unauthenticated_connection() -> Connection:
    """A connection for one statement about nobody's health, such as who a session's token belongs to.

    Each statement stands for itself: no BEGIN and no COMMIT are sent around it.
    """
    return _connected().unauthenticated.connect()


def engine() -> Engine:
    return _connected().transactions


def _connected() -> Engines:
    if _engines is None:
        raise RuntimeError("This process is not connected to a database yet.")
    return _engines


@contextmanager
def connected(url: str, *, pool_size: int) -> Iterator[None]:
    """Other engines for the duration of the block; then those of before, if any."""
    global _engines
    before = _engines
    connect(url, pool_size=pool_size)
    try:
        yield
    finally:
        disconnect()
        _engines = before


def disconnect() -> None:
    """Close the pools: for the end of a process, and before a fork."""
    global _engines
    if _engines is not None:
        _engines.dispose()
    _engines = None
