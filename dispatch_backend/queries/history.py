"""The history of referrals: the steps for people, and the hash that the next step carries."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ScalarResult, select

from dispatch_backend.queries.cards import HistoryStep
from dispatch_backend.rules.states import Act, State
from dispatch_backend.tables import ReferralEvent
from foundation.database import ActorSession
from identity.queries import access


def steps_of(session: ActorSession, referral_ids: Collection[UUID]) -> dict[UUID, list[HistoryStep]]:
    """What happened to each of these referrals, the oldest first."""
    steps: dict[UUID, list[HistoryStep]] = defaultdict(list)
    for event in _events(session, referral_ids):
        steps[event.referral_id].append(
            HistoryStep(
                at=event.at,
                act=Act(event.act),
                to_state=State(event.to_state),
                actor_role=event.actor_role,
                staff_id=event.actor_staff_id,
                facility_id=event.actor_facility_id,
                reason=event.reason,
            )
        )
    return steps


def last_hash(session: ActorSession, referral_id: UUID, *, seq: int) -> str:
    """The hash of the event with this number: the next one carries it."""
    return session.scalars(
        select(ReferralEvent.sha256).where(ReferralEvent.referral_id == referral_id, ReferralEvent.seq == seq)
    ).one()


def _events(session: ActorSession, referral_ids: Collection[UUID]) -> ScalarResult[ReferralEvent]:
    return session.scalars(
        select(ReferralEvent)
        .where(ReferralEvent.referral_id.in_(referral_ids))
        .where(access.readable_by(session, ReferralEvent.patient_id))
        .order_by(ReferralEvent.referral_id, ReferralEvent.seq)
    )
