"""The transitions that the database allows: an event that is not among them is refused by its foreign key."""

from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base


class AllowedTransition(Base):
    """One line of rules.states.TRANSITIONS; `from_state` is empty for the first event."""

    __tablename__ = "allowed_transition"
    __table_args__ = {"schema": "dispatch"}

    from_state: Mapped[str] = mapped_column(primary_key=True)
    to_state: Mapped[str] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(primary_key=True)
    actor_role: Mapped[str] = mapped_column(primary_key=True)
