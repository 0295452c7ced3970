"""Same key, same answer, one effect: what makes a doubled click or a retried request harmless."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import TIMESTAMP, insert
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base
from foundation.database.transactions import ActorSession
from foundation.errors import BadInput

LONGEST_KEY = 200


class IdempotencyKey(Base):
    """A request that was answered: who sent it under which key, and what came of it."""

    __tablename__ = "idempotency_key"
    __table_args__ = {"schema": "foundation", "implicit_returning": False}

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body_sha256: Mapped[str]
    answer: Mapped[UUID | None]
    used_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))


def once(session: ActorSession, *, key: str, body: Mapping[str, object], act: Callable[[], UUID]) -> UUID:
    """Do `act` the first time this actor sends `key`; afterwards give the first answer again.

    A second request that arrives while the first still runs waits for it: the key is a primary key.

    Raises:
        BadInput: the key is missing or too long, or was used with another body.
    """
    if not key or len(key) > LONGEST_KEY:
        raise BadInput("This form has expired. Open the page again and repeat.")
    account_id = session.actor.account_id
    digest = _digest_of(body)
    taken = session.connection().execute(
        insert(IdempotencyKey).on_conflict_do_nothing(),
        {"account_id": account_id, "key": key, "body_sha256": digest},
    )
    if taken.rowcount:
        answer = act()
        session.flush()
        session.execute(
            update(IdempotencyKey)
            .where(IdempotencyKey.account_id == account_id, IdempotencyKey.key == key)
            .values(answer=answer)
            .execution_options(synchronize_session=False)
        )
        return answer
    return _first_answer(session, key, digest)


def answer_of(session: ActorSession, *, key: str, body: Mapping[str, object]) -> UUID | None:
    """What came of this very request, where this actor sent it before; nothing is done."""
    known: UUID | None = session.scalar(
        select(IdempotencyKey.answer).where(
            IdempotencyKey.account_id == session.actor.account_id,
            IdempotencyKey.key == key,
            IdempotencyKey.body_sha256 == _digest_of(body),
        )
    )
    return known


def _digest_of(body: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def _first_answer(session: ActorSession, key: str, digest: str) -> UUID:
    account_id = session.actor.account_id
    known = session.execute(
        select(IdempotencyKey.body_sha256, IdempotencyKey.answer).where(
            IdempotencyKey.account_id == account_id, IdempotencyKey.key == key
        )
    ).one()
    if known.body_sha256 != digest or known.answer is None:
        raise BadInput("This form was already sent with other words. Open the page again and repeat.")
    return cast(UUID, known.answer)
