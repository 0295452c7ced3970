"""Histories are gone through from end to end, a piece at a time; how far that is and what was found stands in a table.

Who can go through what, the rooms say; operators begin it with a command, and the worker once a day.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, distinct_on
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from foundation import logs
from foundation.actor import Actor
from foundation.clock import now
from foundation.database.tables import Base
from foundation.database.transactions import ActorSession, transaction
from foundation.errors import Refusal
from foundation.identifiers import new_id

EVERY = timedelta(days=1)
# After a fault; whatever is wrong, the worker has letters to deliver.
AGAIN_AFTER = timedelta(minutes=10)
# For so long the worker goes on before it looks whether something is to be delivered.
BUSY_FOR_S = 0.2
# More than that nobody reads one by one; all of them are counted.
MOST_KEPT = 1000
# Any number, the same in every process: the worker and an operator's command go on with one at a time.
ONE_AT_A_TIME = 7_230_115

Found = Mapping[str, object]
# Where a look goes on, as JSON keeps it.
Place = Mapping[str, Any]


class Piece(NamedTuple):
    """Part of a look: how much was looked at, what does not hold, and where the next piece goes on; None at the end."""

    checked: int
    broken: Sequence[Found]
    goes_on: Place | None


Look = Callable[[ActorSession, Place], Piece]


@dataclass(frozen=True, slots=True, eq=False)
class Verifier:
    """What goes through one history: by what is counted (such as "events"), each look, in their order."""

    name: str
    looks: Mapping[str, Look]


class Verification(Base):
    """One time that a history was gone through, or is being: `finished_at` is empty until its end.

    `checked` tells how many of each were looked at; `breaks` how many of them do not hold, `broken` the first of those.
    """

    __tablename__ = "verification"
    __table_args__ = ({"schema": "foundation", "implicit_returning": False},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    began_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    looks_at: Mapped[str]
    goes_on: Mapped[dict[str, Any]] = mapped_column(JSONB)
    checked: Mapped[dict[str, int]] = mapped_column(JSONB)
    breaks: Mapped[int]
    broken: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


@dataclass(frozen=True, slots=True)
class LastVerification:
    """When a history was gone through last, from end to end, and what was found.

    Attributes:
        name: of the history, such as "record".
        checked: how many elements of each kind were looked at.
        breaks: how many do not hold; 0 is as it should be.
    """

    name: str
    began_at: datetime
    finished_at: datetime
    checked: Mapping[str, int]
    breaks: int


def last_verifications(session: ActorSession) -> list[LastVerification]:
    """The last one of each history that came to its end, by name; none of a history that was never gone through."""
    columns: Any = (
        Verification.name,
        Verification.began_at,
        Verification.finished_at,
        Verification.checked,
        Verification.breaks,
    )
    rows = session.execute(
        select(*columns)
        .ext(distinct_on(Verification.name))
        .where(Verification.finished_at.is_not(None))
        .order_by(Verification.name, Verification.finished_at.desc())
    )
    return [LastVerification(*row) for row in rows]


def begin(session: ActorSession, verifier: Verifier) -> Verification:
    """Begin to go through a history, before its first element."""
    begun = Verification(
        name=verifier.name,
        began_at=now(),
        looks_at=next(iter(verifier.looks)),
        goes_on={},
        checked=dict.fromkeys(verifier.looks, 0),
        breaks=0,
        broken=[],
    )
    session.add(begun)
    session.flush()
    return begun


def go_on(session: ActorSession, verifier: Verifier, begun_id: UUID) -> Verification:
    """Look at the next piece, unless all is done. What it returns is finished or to be gone on with."""
    session.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    begun = session.scalars(select(Verification).where(Verification.id == begun_id)).one()
    if begun.finished_at is None:
        _look_further(session, verifier, begun)
        session.flush()
    return begun


def _look_further(session: ActorSession, verifier: Verifier, begun: Verification) -> None:
    piece = verifier.looks[begun.looks_at](session, begun.goes_on)
    begun.checked = {**begun.checked, begun.looks_at: begun.checked[begun.looks_at] + piece.checked}
    begun.breaks += len(piece.broken)
    begun.broken = [*begun.broken, *map(dict, piece.broken)][:MOST_KEPT]
    begun.goes_on = dict(piece.goes_on or {})
    if piece.goes_on is not None:
        return
    names = list(verifier.looks)
    following = names[names.index(begun.looks_at) + 1 :]
    if following:
        begun.looks_at = following[0]
    else:
        begun.finished_at = now()


class DailyVerifications:
    """Goes through each history once a day, a little whenever it is asked; what was begun is gone on with after a restart."""

    def __init__(self, verifiers: Sequence[Verifier]) -> None:
        self._next_at: dict[Verifier, datetime | None] = dict.fromkeys(verifiers)

    def __call__(self) -> None:
        until = time.monotonic() + BUSY_FOR_S
        for verifier, next_at in self._next_at.items():
            if next_at is not None and now() < next_at:
                continue
            while _one_piece_done(verifier):
                if time.monotonic() >= until:
                    return
            self._next_at[verifier] = now() + AGAIN_AFTER


def _one_piece_done(verifier: Verifier) -> bool:
    """Whether there was something to do, and it was done."""
    try:
        with transaction(Actor.system("worker")) as session:
            begun_id = _under_way(session, verifier) or _begin_if_due(session, verifier)
            if begun_id is None:
                return False
            begun = go_on(session, verifier, begun_id)
        if begun.finished_at is not None:
            level = logging.ERROR if begun.breaks else logging.INFO
            logs.event("verification.done", level=level, process=verifier.name, count=begun.breaks)
        return True
    except (Refusal, SQLAlchemyError) as fault:
        logs.event("verification.failed", process=verifier.name, fault=type(fault).__name__)
    # The border between the worker and the rooms above: whatever one look stumbles over, even a mistake of ours,
    # messages are delivered; that nothing was gone through for days is told by its date.
    except Exception as fault:
        logs.fault("verification.failed", fault, process=verifier.name)
    return False


def _under_way(session: ActorSession, verifier: Verifier) -> UUID | None:
    """The newest that is not finished and is looked at in the same way still."""
    return session.scalar(
        select(Verification.id)
        .where(Verification.name == verifier.name, Verification.finished_at.is_(None))
        .where(Verification.began_at > now() - 2 * EVERY, Verification.looks_at.in_(list(verifier.looks)))
        .order_by(Verification.began_at.desc())
        .limit(1)
    )


def _begin_if_due(session: ActorSession, verifier: Verifier) -> UUID | None:
    """A new one, where none was begun within a day."""
    last: datetime | None = session.scalar(
        select(func.max(Verification.began_at)).where(
            Verification.name == verifier.name, Verification.finished_at.is_not(None)
        )
    )
    return begin(session, verifier).id if last is None or last <= now() - EVERY else None
