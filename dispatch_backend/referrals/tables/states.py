"""The states of a referral, and the transitions that the database allows: an event that is not among them is refused by its foreign key."""

from datetime import timedelta

from sqlalchemy import ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base


class AllowedTransition(Base):
    """One line of rules.states.TRANSITIONS; `from_state` is empty for the first event. `reason_required`: it is refused without one."""

    __tablename__ = "allowed_transition"
    __table_args__ = {"schema": "dispatch"}

    from_state: Mapped[str] = mapped_column(primary_key=True)
    to_state: Mapped[str] = mapped_column(ForeignKey("dispatch.state.code"), primary_key=True)
    act: Mapped[str] = mapped_column(primary_key=True)
    actor_role: Mapped[str] = mapped_column(primary_key=True)
    reason_required: Mapped[bool] = mapped_column(server_default=text("false"))


class ReferralState(Base):
    """A state that a referral may be in; the code says the same in rules.responsibility.

    Attributes:
        turn: whose turn it is with a referral that is open: "center", or "visited", where it is booked.
        act_within: how long they have; where nothing is said, until the legal day, or until the visit is over.
    """

    __tablename__ = "state"
    __table_args__ = (UniqueConstraint("code", "open"), {"schema": "dispatch"})

    code: Mapped[str] = mapped_column(primary_key=True)
    open: Mapped[bool]
    needs_booking: Mapped[bool]
    turn: Mapped[str | None]
    act_within: Mapped[timedelta | None]
