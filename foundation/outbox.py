"""What must flow upward: announced in the transaction that caused it, delivered afterwards by the worker."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Index, insert, select, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from foundation import logs
from foundation.actor import Actor
from foundation.clock import now
from foundation.database.tables import Base
from foundation.database.transactions import ActorSession, transaction
from foundation.errors import Refusal
from foundation.identifiers import new_id

Handler = Callable[[ActorSession, Mapping[str, Any]], None]
Handlers = Mapping[str, Sequence[Handler]]

BATCH = 50
# How topics begin whose handlers reach for somebody else's server, which may be slow: they are delivered beside the others, one
# by one, and nothing waits for them.
SLOW = "mail."
LONGEST_WAIT = timedelta(minutes=10)
# From here on the doubled waits are longer than the longest; doubled for days, they would be no time at all.
DOUBLED_AT_MOST = 10
IDLE_S = 0.5
CHANNEL = "outbox"
# What every handler is told beside the message: when what it tells of was recorded. A message of several says it of each.
ANNOUNCED_AT = "announced_at"


class OutboxMessage(Base):
    """A message still to be delivered; it is deleted in the transaction that delivers it."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_due_at", "due_at"),
        {"schema": "foundation", "implicit_returning": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    topic: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    announced_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
    due_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
    attempts: Mapped[int] = mapped_column(default=0)


def announce(session: ActorSession, topic: str, payload: Mapping[str, Any]) -> None:
    """Promise that the handlers of `topic` will hear of this, at least once, if the transaction commits."""
    session.connection().execute(insert(OutboxMessage).inline(), {"topic": topic, "payload": dict(payload)})
    session.connection().execute(
        text("SELECT pg_notify(:channel, :topic)"), {"channel": CHANNEL, "topic": topic}
    )


def deliver_due(handlers: Handlers, *, at: datetime, slow: bool = False) -> int:
    """Deliver one batch; a message whose handler fails waits longer each time and blocks nobody.

    Args:
        slow: of the topics that are delivered beside the others; a batch is one message.

    Returns:
        How many messages were taken up.
    """
    actor = Actor.system("worker")
    with transaction(actor) as session:
        due = session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.due_at <= at)
            .where(OutboxMessage.topic.startswith(SLOW) if slow else ~OutboxMessage.topic.startswith(SLOW))
            .order_by(OutboxMessage.due_at)
            .limit(1 if slow else BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        for message in due:
            try:
                with session.begin_nested():
                    told = {ANNOUNCED_AT: message.announced_at.isoformat(), **message.payload}
                    for handler in handlers.get(message.topic, ()):
                        handler(session, told)
                    session.delete(message)
                    _look_at_once(session)
            # The border between the worker and the rooms above: whatever is wrong with one handler, even a mistake of
            # ours, the other messages are delivered and the process lives.
            except Exception as fault:
                logs.fault("outbox.failed", fault, topic=message.topic, message=message.id)
                message.attempts += 1
                message.due_at = at + _wait_after(message.attempts)
        return len(due)


def _look_at_once(session: ActorSession) -> None:
    """Let the database look at what it would look at when all are delivered: who is refused then, would stop the others too."""
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


def _wait_after(attempts: int) -> timedelta:
    return min(timedelta(seconds=2 ** min(attempts, DOUBLED_AT_MOST)), LONGEST_WAIT)


def work(
    handlers: Handlers,
    *,
    until: Callable[[], bool],
    beside: Callable[[], None] = lambda: None,
    slow: bool = False,
) -> None:
    """Deliver messages until told to stop: the worker process.

    Args:
        slow: as of `deliver_due`.
        beside: what else it does, asked again and again.
    """
    while not until():
        beside()
        try:
            taken = deliver_due(handlers, at=now(), slow=slow)
        except (Refusal, SQLAlchemyError) as fault:
            logs.event("outbox.unreachable", fault=type(fault).__name__)
            taken = 0
        if taken == 0:
            time.sleep(IDLE_S)
