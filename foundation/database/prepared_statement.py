"""A statement that each connection plans once, and is then only sent the values for.

Planning a page's statement takes the database longer than carrying it out. Each connection keeps the plans it made, the
ones asked for last.
"""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, cast

from psycopg2 import Error
from psycopg2.extensions import AsIs
from sqlalchemy import Connection

from foundation.database.round_trips import BatchingConnection

# Plans take memory of the server's, on every connection.
MOST_PLANS = 60
_numbers = count(1)


class PreparedStatement:
    """A statement with values that change.

    Args:
        text: with a placeholder of psycopg2's for each value and constant.
        types: the values' types in PostgreSQL's words, by their names, in the order in which they will be given.
        constants: what is filled in once.
        repeated: placeholders that stand for a value of another name, by theirs: however often it stands in the text, it is sent once.
    """

    def __init__(
        self,
        text: str,
        types: Mapping[str, str],
        constants: Mapping[str, object] | None = None,
        repeated: Mapping[str, str] | None = None,
    ) -> None:
        self.number = next(_numbers)
        self._text = text
        places = {name: AsIs(f"${at}") for at, name in enumerate(types, 1)}
        again = {placeholder: places[name] for placeholder, name in (repeated or {}).items()}
        self._filled_in = {**(constants or {}), **places, **again}
        self._types = f"({', '.join(types.values())})" if types else ""
        self._values = f"({', '.join(['%s'] * len(types))})" if types else ""

    def rows(self, connection: Connection, values: Sequence[object]) -> list[tuple[Any, ...]]:
        """Carry it out; where this connection has not planned it yet, that goes along in the same message.

        Raises:
            DBAPIError: as SQLAlchemy raises it.
        """
        driver = cast(BatchingConnection, connection.connection.dbapi_connection)
        name = driver.plans.get(self.number) or self._prepared_on(driver)
        sent = f"EXECUTE {name}{self._values}"
        # SQLAlchemy's own result would cost as much as the rest of the way to the database.
        with driver.cursor() as asking:
            try:
                asking.execute(sent, values)
                found: list[tuple[Any, ...]] = asking.fetchall()
            except Error as fault:
                # SQLAlchemy asks the driver, hears the fault, words it, and drops the connection where that is broken.
                driver.fault = fault
                connection.exec_driver_sql(sent)
                raise
        # Once it was carried out, and as the latest: the first of them is then the one asked for longest ago.
        driver.plans.pop(self.number, None)
        driver.plans[self.number] = name
        return found

    def send_with_next(self, connection: Connection, values: Sequence[object]) -> None:
        """Have it carried out on the next way to the server, at the latest the commit's: nobody needs its answer."""
        driver = cast(BatchingConnection, connection.connection.dbapi_connection)
        name = driver.plans.get(self.number)
        if name is None:
            name = driver.plans[self.number] = self._prepared_on(driver)
            driver.unsent_plans.append(self.number)
        driver.send_with_next(f"EXECUTE {name}{self._values}", values)

    def _prepared_on(self, driver: BatchingConnection) -> str:
        if len(driver.plans) >= MOST_PLANS:
            # The one that was asked for longest ago.
            driver.send_with_next(f"DEALLOCATE {driver.plans.pop(next(iter(driver.plans)))}")
        # A name of its own: where this fails, nobody knows whether the server has kept it.
        name = f"prepared_{self.number}_{next(_numbers)}"
        driver.send_with_next(f"PREPARE {name}{self._types} AS {self._text}", self._filled_in)
        return name
