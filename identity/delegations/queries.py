"""The ages that the law names, and the rights to act for somebody that live now, through the person who asks."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from foundation.database.transactions import ActorSession
from foundation.errors import NotFound, RuleBroken
from identity.access import queries as access
from identity.access.enumerations import Scope, Thing
from identity.delegations.enumerations import AgeLimitKind, DelegationKind
from identity.delegations.rules.ages import AgeLimits
from identity.delegations.tables import AgeLimit, Delegation, DelegationEnd


@dataclass(frozen=True, slots=True)
class DelegationCard:
    """A right to act for somebody: `delegate_id` may for `patient_id`, within these scopes and times."""

    id: UUID
    patient_id: UUID
    delegate_id: UUID
    kind: DelegationKind
    scopes: list[Scope]
    began_at: datetime
    ends_at: datetime
    basis: str


def age_limits(session: ActorSession, *, on: date) -> AgeLimits:
    """The ages that the law names on that day, in years; where two rows overlap, the newer law.

    Raises:
        RuleBroken: the region has entered none for one of them.
    """
    in_force = select(AgeLimit.kind, AgeLimit.years).where(AgeLimit.valid_from <= on, AgeLimit.valid_to >= on)
    limits = {row.kind: row.years for row in session.execute(in_force.order_by(AgeLimit.valid_from))}
    if missing := set(AgeLimitKind) - limits.keys():
        raise RuleBroken("The region has entered no age for: %(kinds)s.", kinds=", ".join(sorted(missing)))
    return limits


def living_delegations(session: ActorSession) -> list[DelegationCard]:
    """Those by which the reader acts for somebody or is acted for, the newest first."""
    rows = session.execute(_cards().where(_concerns(session)).order_by(Delegation.entered_at.desc()))
    return [
        DelegationCard(**{**row._mapping, "scopes": [Scope(each) for each in row.scopes]}) for row in rows
    ]


def delegation_to_end(session: ActorSession, delegation_id: UUID) -> Delegation:
    """Raises NotFound: absent, or neither the actor's own nor given to the actor."""
    own = select(Delegation).where(Delegation.id == delegation_id, _concerns(session))
    found = session.scalar(own)
    if found is None:
        raise NotFound("There is no such right to act for somebody.")
    return found


def _cards() -> Select[Any]:
    ended = select(DelegationEnd.delegation_id).where(DelegationEnd.delegation_id == Delegation.id)
    rows: Any = select(
        Delegation.id,
        Delegation.patient_id,
        Delegation.delegate_id,
        Delegation.kind,
        Delegation.scopes,
        Delegation.began_at,
        Delegation.ends_at,
        Delegation.basis,
    )
    living: Select[Any] = rows.where(
        Delegation.began_at <= func.now(), Delegation.ends_at > func.now(), ~ended.exists()
    )
    return living


def _concerns(session: ActorSession) -> ColumnElement[bool]:
    return or_(
        access.readable_by(session, Thing.DELEGATIONS, Delegation.patient_id),
        access.readable_by(session, Thing.DELEGATIONS, Delegation.delegate_id),
    )
