"""The history of referrals: the steps for people, and the hash that the next step carries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from dispatch_backend.referrals.enumerations import Act, State
from dispatch_backend.referrals.tables.referrals import ReferralEvent
from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText
from identity.access import queries as access
from identity.access.enumerations import Thing


@dataclass(frozen=True, slots=True)
class StepSlot:
    """When and where a step led the patient."""

    starts_at: datetime
    facility_id: UUID
    resource: BilingualText


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One event of a referral's history; `reason` only where one was given.

    `slot` is the one that was booked by it, and `former` the one that was given up for that.
    """

    at: datetime
    act: Act
    to_state: State
    actor_role: str
    staff_id: UUID | None
    facility_id: UUID | None
    reason: str
    slot: StepSlot | None = None
    former: StepSlot | None = None


def step_rows(session: ActorSession, *, only: Any = None) -> Select[Any]:
    """Steps, the oldest first: to be narrowed to referrals in a combined query, and read by `steps_from`.

    Args:
        only: the one patient whose referrals they belong to, as in `readable_by`.
    """
    rows: Any = select(
        ReferralEvent.referral_id,
        ReferralEvent.at,
        ReferralEvent.act,
        ReferralEvent.to_state,
        ReferralEvent.actor_role,
        ReferralEvent.actor_staff_id,
        ReferralEvent.actor_facility_id,
        ReferralEvent.reason,
    )
    asked: Select[Any] = rows.where(
        access.readable_by(session, Thing.REFERRALS, ReferralEvent.patient_id, only=only)
    ).order_by(ReferralEvent.referral_id, ReferralEvent.seq)
    return asked


def steps_from(rows: Iterable[Any]) -> dict[UUID, list[HistoryStep]]:
    """What happened to each of these referrals, the oldest first."""
    steps: dict[UUID, list[HistoryStep]] = defaultdict(list)
    for row in rows:
        steps[row.referral_id].append(
            HistoryStep(
                at=row.at,
                act=Act(row.act),
                to_state=State(row.to_state),
                actor_role=row.actor_role,
                staff_id=row.actor_staff_id,
                facility_id=row.actor_facility_id,
                reason=row.reason,
            )
        )
    return steps
