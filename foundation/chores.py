"""What has to be tidied from time to time: the worker goes round beside delivering."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from foundation import logs
from foundation.actor import Actor
from foundation.clock import now
from foundation.database.transactions import ActorSession, transaction
from foundation.errors import Refusal

EVERY = timedelta(hours=1)
# Tidies, and tells how much there was.
Chore = Callable[[ActorSession], int]


class Rounds:
    """Does each chore once an hour, however often it is asked; one that fails is tried in the next round and stops no other."""

    def __init__(self, chores: Sequence[Chore]) -> None:
        self._chores = chores
        self._next_at: datetime | None = None

    def __call__(self) -> None:
        at = now()
        if self._next_at is not None and at < self._next_at:
            return
        self._next_at = at + EVERY
        for chore in self._chores:
            try:
                with transaction(Actor.system("worker")) as session:
                    count = chore(session)
            except (Refusal, SQLAlchemyError) as fault:
                logs.event("chore.failed", process=chore.__name__, fault=type(fault).__name__)
            else:
                if count:
                    logs.event("chore.done", process=chore.__name__, count=count)
