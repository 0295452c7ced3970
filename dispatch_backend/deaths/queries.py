"""Which referrals end with a patient's death, and which ended by it. For the worker, whom nobody asks."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from dispatch_backend.bookings.tables import SlotOccupancy
from dispatch_backend.referrals.enumerations import WORKER, Act, State
from dispatch_backend.referrals.tables.referrals import Referral, ReferralEvent
from foundation.database.transactions import ActorSession
from identity.access import queries as access
from identity.access.enumerations import Thing


class OpenReferral(NamedTuple):
    """`booking_id` and `visit_at` of one that holds a slot."""

    id: UUID
    booking_id: UUID | None
    visit_at: datetime | None


def open_referrals_of(session: ActorSession, patient_id: UUID) -> Sequence[OpenReferral]:
    """In one order, so that two who lock them never wait in a circle."""
    rows = session.execute(
        select(Referral.id, SlotOccupancy.booking_id, SlotOccupancy.starts_at)
        .outerjoin(SlotOccupancy, SlotOccupancy.referral_id == Referral.id)
        .where(Referral.patient_id == patient_id, Referral.open)
        .where(access.readable_by(session, Thing.REFERRALS, Referral.patient_id))
        .order_by(Referral.id)
    )
    return [OpenReferral(*row) for row in rows]


def referrals_closed_by_death(session: ActorSession, patient_id: UUID) -> Sequence[UUID]:
    """Those whose last step is that the worker revoked them, which it does for a death alone."""
    last = aliased(ReferralEvent)
    return list(
        session.scalars(
            select(Referral.id)
            .join(last, (last.referral_id == Referral.id) & (last.seq == Referral.version))
            .where(Referral.patient_id == patient_id, Referral.state == State.REVOKED)
            .where(last.act == Act.REVOKED, last.actor_role == WORKER)
            .where(access.readable_by(session, Thing.REFERRALS, Referral.patient_id))
            .order_by(Referral.id)
        )
    )
