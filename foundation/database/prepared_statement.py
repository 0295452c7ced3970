"""A statement that each connection plans once, and is then only sent the values for.

Planning a page's statement takes the database longer than carrying it out. Each connection keeps the plans it made, the
ones asked for last.
"""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, cast

from psycopg2.extensions import AsIs
from sqlalchemy import Connection, CursorResult

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
    """

    def __init__(
        self, text: str, types: Mapping[str, str], constants: Mapping[str, object] | None = None
    ) -> None:
        self.number = next(_numbers)
        self._text = text
        self._filled_in = {**(constants or {}), **{name: AsIs(f"${at}") for at, name in enumerate(types, 1)}}
        self._types = f"({', '.join(types.values())})" if types else ""
        self._values = f"({', '.join(['%s'] * len(types))})" if types else ""

    def execute(self, connection: Connection, values: Sequence[object]) -> CursorResult[Any]:
        """Carry it out; where this connection has not planned it yet, that goes along in the same message."""
        driver = cast(BatchingConnection, connection.connection.dbapi_connection)
        kept = driver.plans
        name = kept.get(self.number)
        if name is None:
            if len(kept) >= MOST_PLANS:
                # The one that was asked for longest ago.
                driver.send_with_next(f"DEALLOCATE {kept.pop(next(iter(kept)))}")
            # A name of its own: where this fails, nobody knows whether the server has kept it.
            name = f"prepared_{self.number}_{next(_numbers)}"
            driver.send_with_next(f"PREPARE {name}{self._types} AS {self._text}", self._filled_in)
        answer = connection.exec_driver_sql(f"EXECUTE {name}{self._values}", tuple(values))
        # Once it was carried out, and as the latest: the first of them is then the one asked for longest ago.
        kept.pop(self.number, None)
        kept[self.number] = name
        return answer
