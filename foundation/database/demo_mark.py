"""The mark that the demo region leaves in its database."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base
from foundation.database.transactions import ActorSession


class DemoMark(Base):
    """One row or none; what it says is that it is there."""

    __tablename__ = "demo_mark"
    __table_args__ = ({"schema": "foundation"},)

    is_demo: Mapped[bool] = mapped_column(primary_key=True)


def mark_as_demo(session: ActorSession) -> None:
    """Mark the database for ever: the mark is never taken away, whatever becomes of the region."""
    session.execute(insert(DemoMark).values(is_demo=True).on_conflict_do_nothing())
