"""Referrals as those who change them need them: locked, and found through the person who asks."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from dispatch_backend.referrals.tables.referrals import Referral
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from identity.access import queries as access
from identity.access.enumerations import Thing


def referral_to_change(session: ActorSession, referral_id: UUID) -> Referral:
    """The referral, locked until the transaction ends.

    Raises:
        NotFound: no such referral, or its patient is not in the reader's care.
    """
    referral = session.scalar(
        select(Referral)
        .where(Referral.id == referral_id)
        .where(access.readable_by(session, Thing.REFERRALS, Referral.patient_id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if referral is None:
        raise NotFound("There is no such referral.")
    return referral


def referral_rows(session: ActorSession, referral_id: Any) -> Select[Any]:
    """The number of a referral, if the reader may see it: to be fetched in a combined query."""
    number: Any = select(Referral.number).where(Referral.id == referral_id)
    asked: Select[Any] = number.where(access.readable_by(session, Thing.REFERRALS, Referral.patient_id))
    return asked


def own_referral_rows(session: ActorSession, referral_id: Any) -> Select[Any]:
    """The number of a referral that the reader sent: to be fetched in a combined query."""
    own: Select[Any] = referral_rows(session, referral_id).where(
        Referral.referrer_id == session.actor.staff_id
    )
    return own


def duplicate_open_referral(session: ActorSession, *, patient_id: UUID, service_code: str) -> str | None:
    """The number of an open referral of the same patient to the same service."""
    return session.scalar(
        select(Referral.number)
        .where(Referral.patient_id == patient_id, Referral.service_code == service_code)
        .where(Referral.open)
        .where(access.readable_by(session, Thing.REFERRALS, Referral.patient_id))
    )


def reserve_referral_numbers(session: ActorSession, count: int) -> list[int]:
    """Running numbers for so many new referrals: drawn for the asker, so that nobody else gets them."""
    drawn = select(func.nextval("dispatch.referral_number")).select_from(func.generate_series(1, count))
    return list(session.scalars(drawn))
