"""How many different records one account opens in a while: more than a person can read are refused, in all processes alike.

The count goes along with the line of the reading, in the same message, and fails the transaction where it is too high:
nothing is shown. Opening the same record again is never counted twice within a minute.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Mapped, mapped_column

from foundation.actor import ActorKind
from foundation.clock import now
from foundation.database.prepared_statement import PreparedStatement
from foundation.database.tables import Base
from foundation.database.transactions import ActorSession
from foundation.recent_keys import RecentKeys

# A page of another patient every second and a half: nobody reads so, and whoever is in a hurry stays far below.
MOST_A_MINUTE = 40
# Another patient every nine seconds, for an hour without a pause.
MOST_AN_HOUR = 400
COUNTED_FOR = timedelta(hours=1)
MINUTE_S = 60

_COUNT = PreparedStatement(
    "SELECT foundation.count_reading(%(record)s, %(most_a_minute)s, %(most_an_hour)s)",
    {"record": "uuid", "most_a_minute": "integer", "most_an_hour": "integer"},
)

# The account, the record and the minute that are counted already.
_counted = RecentKeys(capacity=10_000)


class RecentReading(Base):
    """An account opened a record; the newest time only, and no longer than an hour."""

    __tablename__ = "recent_reading"
    __table_args__ = {"schema": "foundation", "prefixes": ["UNLOGGED"]}

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    read_at: Mapped[datetime]


def count_reading(session: ActorSession, record_id: UUID) -> None:
    """Count that a member of staff opens something; whoever has opened too much hears of it with the next statement.

    Citizens have one record to read, and processes of our own have to read many: neither is counted.

    Args:
        record_id: whose record it is; for what is no record, any number of its own.
    """
    actor = session.actor
    if actor.kind is not ActorKind.STAFF or actor.account_id is None:
        return
    key = (actor.account_id, record_id, int(now().timestamp()) // MINUTE_S)
    if _counted.contains(key):
        return
    _COUNT.send_with_next(session.connection(), (record_id, MOST_A_MINUTE, MOST_AN_HOUR))
    _counted.add_after_commit(session, [key])


def sweep_readings(session: ActorSession) -> int:
    """Forget what is counted no longer, though its reader never came back; for the worker. Returns how much."""
    over = delete(RecentReading).where(RecentReading.read_at <= now() - COUNTED_FOR)
    return session.connection().execute(over).rowcount
