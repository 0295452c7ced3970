"""How often something was done lately, counted in the database: the same number for every process of the service.

The library `limits` decides by it; this is its storage. The table is unlogged: a crash forgets a minute's counts, and no
count waits for the disk.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from limits.storage import Storage
from sqlalchemy import Executable, Interval, Text, bindparam, case, delete, func, not_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.process_engines import unauthenticated_connection
from foundation.database.tables import Base
from foundation.errors import Busy

# Each new count takes away at most so many that are over: more go than come.
SWEPT_AT_ONCE = 10


class SharedCount(Base):
    __tablename__ = "shared_count"
    __table_args__ = {"schema": "foundation", "prefixes": ["UNLOGGED"]}

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    times: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(index=True)


OVER = SharedCount.ends_at <= func.now()


def _count() -> Executable:
    begun = insert(SharedCount).values(
        key=bindparam("of"), times=bindparam("more"), ends_at=func.now() + bindparam("lasts", type_=Interval)
    )
    counted = begun.on_conflict_do_update(
        index_elements=[SharedCount.key],
        set_={
            "times": case((OVER, begun.excluded.times), else_=SharedCount.times + begun.excluded.times),
            "ends_at": case((OVER, begun.excluded.ends_at), else_=SharedCount.ends_at),
        },
    ).returning(SharedCount.times)
    # Runs after the count and waits for nobody, so that two of them cannot wait for each other.
    old = select(SharedCount.key).where(OVER, SharedCount.key != bindparam("of")).limit(SWEPT_AT_ONCE)
    swept = delete(SharedCount).where(SharedCount.key.in_(old.with_for_update(skip_locked=True)))
    return counted.add_cte(swept.cte("swept"))


# Built once: putting them together costs more than asking them.
COUNT = _count()
LOOK = select(func.coalesce(func.max(SharedCount.times), 0)).where(
    SharedCount.key == bindparam("of"), not_(OVER)
)


class SharedCounts(Storage):
    """Counts of a fixed window that begins with the first time. One statement each, outside of any transaction.

    A database that does not answer refuses whoever is counted (Busy): without it nobody signs in anyway, and a limit that
    falls silent under load would be lifted by the very flood that it is for.
    """

    STORAGE_SCHEME = None

    @property
    def base_exceptions(self) -> type[Exception]:
        return Busy

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, and say how often it was by now.

        Args:
            expiry: seconds from the first time until it is counted anew.
        """
        return _answer(COUNT, {"of": key, "more": amount, "lasts": timedelta(seconds=expiry)})

    def get(self, key: str) -> int:
        """How often it was in the window that is open; 0 where none is."""
        return _answer(LOOK, {"of": key})

    def get_expiry(self, key: str) -> float:
        """When the window ends, in seconds since 1970; now where none is open."""
        ends_at = func.greatest(func.max(SharedCount.ends_at), func.now())
        return float(_answer(select(func.extract("epoch", ends_at)).where(SharedCount.key == key)))

    def check(self) -> bool:
        return _answer(select(1)) == 1

    def reset(self) -> int:
        """Forget every count; how many there were."""
        forgotten = delete(SharedCount).returning(SharedCount.key).cte("forgotten")
        return _answer(select(func.count()).select_from(forgotten))

    def clear(self, key: str) -> None:
        forgotten = (
            delete(SharedCount).where(SharedCount.key == key).returning(SharedCount.key).cte("forgotten")
        )
        _answer(select(func.count()).select_from(forgotten))


def _answer(statement: Executable, values: Mapping[str, object] | None = None) -> int:
    """The one number that it asks for. Raises Busy."""
    try:
        with unauthenticated_connection() as connection:
            return int(connection.execute(statement, values or {}).scalar_one())
    except (OperationalError, PoolTimeout) as fault:
        raise Busy("The service is very busy. Please try again in a moment.") from fault
