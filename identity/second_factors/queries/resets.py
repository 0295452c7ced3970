"""Whose passkeys administrators were asked to end: what waits for the second of them, and what became of one's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, false, select, true
from sqlalchemy.orm import aliased

from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from identity.roles import Role
from identity.second_factors.rules.resets import RESET_WAITS
from identity.second_factors.tables import PasskeyReset, PasskeyResetConfirmation
from identity.staff.queries import StaffCard, staff_cards

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class WaitingReset:
    """What one administrator has asked for and another may confirm until `until`."""

    id: UUID
    staff_id: UUID
    asked_by: UUID
    reason: str
    asked_at: datetime

    @property
    def until(self) -> datetime:
        return self.asked_at + RESET_WAITS


@dataclass(frozen=True, slots=True)
class DoneReset:
    """That somebody's passkeys were ended, when, why, and by which two."""

    at: datetime
    reason: str
    by: tuple[UUID, UUID]


def waiting_resets(session: ActorSession) -> tuple[Sequence[WaitingReset], Mapping[UUID, StaffCard]]:
    """Those that wait, the oldest first, with the people whom they name; none for whoever is no administrator."""
    rows = session.execute(_waiting(session).order_by(PasskeyReset.asked_at).limit(MOST_SHOWN))
    found = [WaitingReset(*row) for row in rows]
    people = {each for reset in found for each in (reset.staff_id, reset.asked_by)}
    return found, staff_cards(session, people)


def waiting_reset(session: ActorSession, reset_id: UUID) -> WaitingReset:
    """One of them. Raises NotFound: absent, done, too old, or not for the actor."""
    row = session.execute(_waiting(session).where(PasskeyReset.id == reset_id)).one_or_none()
    if row is None:
        raise NotFound("This does not wait for anybody any more.")
    return WaitingReset(*row)


def reset_of_actor(session: ActorSession) -> DoneReset | None:
    """The last that ended the actor's own passkeys."""
    asked: Any = select(
        PasskeyResetConfirmation.confirmed_at,
        PasskeyReset.reason,
        PasskeyReset.asked_by,
        PasskeyResetConfirmation.confirmed_by,
    ).join(PasskeyReset, PasskeyReset.id == PasskeyResetConfirmation.reset_id)
    own = asked.where(PasskeyResetConfirmation.staff_id == session.actor.staff_id)
    row = session.execute(own.order_by(PasskeyResetConfirmation.confirmed_at.desc()).limit(1)).one_or_none()
    return DoneReset(row.confirmed_at, row.reason, (row.asked_by, row.confirmed_by)) if row else None


def _waiting(session: ActorSession) -> Select[Any]:
    """Not of somebody whose passkeys have been ended since: they may have made new ones."""
    done = aliased(PasskeyResetConfirmation)
    since = exists().where(done.staff_id == PasskeyReset.staff_id, done.confirmed_at >= PasskeyReset.asked_at)
    asked: Any = select(
        PasskeyReset.id,
        PasskeyReset.staff_id,
        PasskeyReset.asked_by,
        PasskeyReset.reason,
        PasskeyReset.asked_at,
    )
    administers = true() if session.actor.role == Role.ADMINISTRATOR else false()
    waiting: Select[Any] = asked.where(PasskeyReset.asked_at > now() - RESET_WAITS, ~since, administers)
    return waiting
