"""The figures themselves. None of them is about a person."""

import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from foundation.actor import Actor
from foundation.clock import now
from foundation.database.transactions import ActorSession, transaction
from foundation.errors import Refusal
from foundation.metrics.exposition import Gauge
from foundation.outbox import OutboxMessage
from foundation.own_folder import free_bytes
from foundation.verifications import last_verifications

DATABASE = text(
    "SELECT pg_database_size(current_database()) AS bytes, count(*) AS connections FROM pg_stat_activity "
    "WHERE datname = current_database()"
)


class Pulse:
    """When the worker was seen at work last."""

    def __init__(self) -> None:
        self._beat_at = time.time()

    def beat(self) -> None:
        self._beat_at = time.time()

    @property
    def age_s(self) -> float:
        return time.time() - self._beat_at


def figures(folder: Path, pulse: Pulse) -> Iterator[Gauge]:
    """Everything that can be told now; while the database is away, that it is, and what does not need it."""
    yield Gauge(
        "center_disk_free_bytes", "Room left on the disk of DATA_DIR.", {(): float(free_bytes(folder))}
    )
    yield Gauge(
        "center_worker_last_seen_seconds",
        "How long ago the worker came round last; it does so every second or two.",
        {(): round(pulse.age_s, 3)},
    )
    try:
        with transaction(Actor.system("worker")) as session:
            told = [*_of_database(session), *_of_outbox(session, now()), *_of_verifications(session)]
    except (Refusal, SQLAlchemyError):
        told = []
    yield Gauge("center_database_up", "1 while the database answers, otherwise 0.", {(): float(bool(told))})
    yield from told


def _of_database(session: ActorSession) -> Iterator[Gauge]:
    row: Any = session.execute(DATABASE).one()
    yield Gauge("center_database_size_bytes", "Room that the database takes.", {(): float(row.bytes)})
    yield Gauge("center_database_connections", "Connections to the database.", {(): float(row.connections)})


def _of_outbox(session: ActorSession, at: datetime) -> Iterator[Gauge]:
    rows: Any = session.execute(
        select(
            OutboxMessage.topic,
            func.count().label("waiting"),
            func.count().filter(OutboxMessage.attempts > 0).label("failed"),
            func.min(OutboxMessage.announced_at).label("oldest"),
        ).group_by(OutboxMessage.topic)
    ).all()
    by_topic = ("topic",)
    yield Gauge(
        "center_outbox_waiting",
        "Messages that wait to be delivered.",
        {(row.topic,): float(row.waiting) for row in rows},
        by_topic,
    )
    yield Gauge(
        "center_outbox_failed",
        "Messages of them that could not be delivered at least once.",
        {(row.topic,): float(row.failed) for row in rows},
        by_topic,
    )
    yield Gauge(
        "center_outbox_oldest_seconds",
        "How long the oldest message has waited; of referral.* it is a referral that somebody waits for.",
        _ages({row.topic: row.oldest for row in rows}, at),
        by_topic,
    )


def _of_verifications(session: ActorSession) -> Iterator[Gauge]:
    last = last_verifications(session)
    by_history = ("history",)
    yield Gauge(
        "center_verification_age_seconds",
        "Since when a history was not gone through from end to end; the worker does so every day.",
        _ages({each.name: each.finished_at for each in last}, now()),
        by_history,
    )
    yield Gauge(
        "center_verification_breaks",
        "Elements of a history that did not hold when it was gone through last; 0 is as it should be.",
        {(each.name,): float(each.breaks) for each in last},
        by_history,
    )


def _ages(moments: Mapping[str, datetime], at: datetime) -> dict[tuple[str, ...], float]:
    return {(name,): round((at - moment).total_seconds(), 3) for name, moment in moments.items()}
