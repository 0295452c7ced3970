"""The history of referrals: the steps for people, and the chain for whoever doubts it."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from dispatch_backend.queries.cards import HistoryStep
from dispatch_backend.rules.history import Event, first_break
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
                act=event.act,
                to_state=event.to_state,
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


def broken_link(session: ActorSession, referral_id: UUID) -> int | None:
    """The number of the first event that does not follow from the one before; None where the history is whole."""
    return first_break(_events(session, [referral_id]))


def _events(session: ActorSession, referral_ids: Collection[UUID]) -> list[Event]:
    rows = session.scalars(
        select(ReferralEvent)
        .where(ReferralEvent.referral_id.in_(referral_ids))
        .where(access.readable_by(session, ReferralEvent.patient_id))
        .order_by(ReferralEvent.referral_id, ReferralEvent.seq)
    )
    return [
        Event(
            referral_id=row.referral_id,
            seq=row.seq,
            patient_id=row.patient_id,
            from_state=State(row.from_state) if row.from_state else None,
            to_state=row.to_state,
            act=Act(row.act),
            actor_role=row.actor_role,
            actor_staff_id=row.actor_staff_id,
            actor_facility_id=row.actor_facility_id,
            at=row.at,
            reason=row.reason,
            previous_sha256=row.previous_sha256,
            sha256=row.sha256,
        )
        for row in rows
    ]
