"""Fewer round trips to the database: what has no answer goes along with the next statement, BEGIN before all.

The driver would send BEGIN alone, and wait. Here it travels with the first statement, as does what tells row security
who acts; a row that must be written in any case, such as that of the audit, travels with what is asked next, or with COMMIT.
"""

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from psycopg2 import Error
from psycopg2.extensions import (
    ISOLATION_LEVEL_AUTOCOMMIT,
    TRANSACTION_STATUS_IDLE,
    TRANSACTION_STATUS_INERROR,
    cursor,
)
from psycopg2.extensions import connection as Connection  # noqa: N812 (a class, whatever the driver calls it)

APART = b";\n"


class BatchingConnection(Connection):
    """A connection whose transactions begin with their first statement."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._along: list[bytes] = []
        self._begins = False
        # The names of the statements that the server has planned for this connection.
        self.plans: dict[int, str] = {}
        # Those of them that wait to be sent: where they never are, the server has no such plan.
        self.unsent_plans: list[int] = []
        # What went wrong where SQLAlchemy was not asked: it hears of it when it asks next, and does what it does of every fault.
        self.fault: Error | None = None

    def cursor(self, *arguments: Any, **options: Any) -> Any:
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault
        return super().cursor(*arguments, **options)

    def begin_with_statements(self) -> None:
        """From now on; before, the driver asks the server about itself."""
        self.autocommit = True
        self.plan_once()
        self._begins = True

    def plan_once(self) -> None:
        """From now on what is prepared is planned once, and not anew for the first five times that it is asked."""
        with super().cursor(cursor_factory=cursor) as setting:
            setting.execute("SET plan_cache_mode = force_generic_plan")

    def count_days_in(self, zone: str) -> None:
        """From now on the day of today is that of this time zone (foundation.today in the database)."""
        with super().cursor(cursor_factory=cursor) as setting:
            setting.execute("SELECT set_config('app.zone', %s, false)", (zone,))

    def set_isolation_level(self, level: Any) -> None:
        """Statements that no transaction may hold, such as VACUUM, are asked for by the level that knows none."""
        if self.autocommit:
            self._begins = level != ISOLATION_LEVEL_AUTOCOMMIT
        else:
            super().set_isolation_level(level)

    def send_with_next(
        self, statement: str, values: Mapping[str, object] | Sequence[object] | None = None
    ) -> None:
        """Keep a statement whose answer nobody needs for the next way to the server, at the latest the commit's."""
        with self.cursor() as writing:
            self._along.append(writing.mogrify(statement, values))

    def commit(self) -> None:
        if not self._begins:
            super().commit()
        elif self._along or self._is_open():
            try:
                self._send([*self._waiting(), b"COMMIT"])
            except Error:
                # Where COMMIT itself was not reached the transaction still stands, and nobody else would end it.
                with contextlib.suppress(Error):
                    self.rollback()
                raise

    def rollback(self) -> None:
        self._along.clear()
        self.forget_unsent_plans()
        if not self._begins:
            super().rollback()
        elif self.get_transaction_status() == TRANSACTION_STATUS_INERROR:
            # Which of them the server has kept nobody knows: what was prepared outlives the transaction that failed.
            self.plans.clear()
            self._send([b"ROLLBACK", b"DEALLOCATE ALL"])
        elif self._is_open():
            self._send([b"ROLLBACK"])

    def forget_unsent_plans(self) -> None:
        while self.unsent_plans:
            self.plans.pop(self.unsent_plans.pop(), None)

    def _waiting(self) -> list[bytes]:
        """What has to be sent before the next statement."""
        begin = [b"BEGIN"] if self._begins and not self._is_open() else []
        waiting = [*begin, *self._along]
        self._along.clear()
        return waiting

    def _is_open(self) -> bool:
        return self.get_transaction_status() != TRANSACTION_STATUS_IDLE

    def _send(self, statements: Sequence[bytes]) -> None:
        with super().cursor(cursor_factory=cursor) as sending:
            sending.execute(APART.join(statements))


class BatchingCursor(cursor):
    """Sends what waits on its connection before its own statement, in the same message."""

    connection: BatchingConnection

    def execute(self, query: Any, vars: Any = None) -> None:
        # Before what waits is taken: a value that cannot be written down must not lose the context with it.
        statement = self.mogrify(query, vars)
        self._send([*self.connection._waiting(), statement])

    def executemany(self, query: Any, vars_list: Any) -> None:
        self._send_waiting()
        super().executemany(query, vars_list)

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:
        self._send_waiting()
        super().copy_expert(sql, file, size)

    def _send_waiting(self) -> None:
        if waiting := self.connection._waiting():
            self._send(waiting)

    def _send(self, statements: Sequence[bytes]) -> None:
        try:
            super().execute(APART.join(statements))
        except Error:
            # Whether the server reached them before the one that failed nobody knows, also within a savepoint.
            self.connection.forget_unsent_plans()
            raise
        self.connection.unsent_plans.clear()
