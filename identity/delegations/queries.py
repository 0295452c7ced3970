"""The ages that the law names, and the rights to act for somebody that live now, through the person who asks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Select,
    Text,
    Uuid,
    column,
    func,
    or_,
    select,
)
from sqlalchemy.types import TypeEngine

from foundation.clock import now, today, zone
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound, RuleBroken
from foundation.language.dates import Precision
from foundation.language.latin_letters import PrintedName
from identity.access import queries as access
from identity.access.enumerations import Scope, Thing
from identity.delegations.enumerations import AgeLimitKind, DelegationKind
from identity.delegations.rules.ages import AgeLimits
from identity.delegations.rules.deciding import decides_until
from identity.delegations.rules.scopes import limited
from identity.delegations.rules.standing import Standing, Term, standing_of
from identity.delegations.tables import AgeLimit, Delegation, DelegationEnd
from identity.patients.queries.patients import sexes_and_births
from identity.people.enumerations import AdministrativeGender, Birth
from identity.people.rules.names import full_name


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


@dataclass(frozen=True, slots=True)
class OtherPerson:
    """The other of the two whom a right concerns, and how it stands now."""

    delegation_id: UUID
    kind: DelegationKind
    scopes: tuple[Scope, ...]
    patient_id: UUID
    full_name: PrintedName
    sex: AdministrativeGender
    birth: Birth
    standing: Standing


def represented_rows() -> Select[Any]:
    """Whom the reader acts for, or did: to be fetched in a combined query, and read by `other_people_from`."""
    return _told_by("represented_by_actor")


def delegate_rows() -> Select[Any]:
    """Who acts for the reader, or did: the same."""
    return _told_by("delegates_of_actor")


def other_people_from(rows: Iterable[Any]) -> list[OtherPerson]:
    at = now()
    return [_other_person(row, at) for row in rows]


def represented_person(session: ActorSession, delegation_id: UUID) -> OtherPerson:
    """Whom the actor may act for by that right now. Raises NotFound: absent, another's, or over."""
    for each in other_people_from(session.execute(represented_rows())):
        if each.delegation_id == delegation_id and each.standing.lives:
            return each
    raise NotFound("There is no such right to act for somebody.")


def delegate_of(session: ActorSession, delegation_id: UUID) -> OtherPerson:
    """Who acts for the reader by that right, or did. Raises NotFound: absent, or another's."""
    return _with_right(other_people_from(session.execute(delegate_rows())), delegation_id)


def represented_by(session: ActorSession, delegation_id: UUID) -> OtherPerson:
    """Whom the reader acts for by that right, or did. Raises NotFound: absent, or another's."""
    return _with_right(other_people_from(session.execute(represented_rows())), delegation_id)


def _with_right(people: Iterable[OtherPerson], delegation_id: UUID) -> OtherPerson:
    for each in people:
        if each.delegation_id == delegation_id:
            return each
    raise NotFound("There is no such right to act for somebody.")


# What the definer functions tell (docs/decisions/0002-doorkeeper.md): of rows that the reader alone does not see.
_TOLD: Mapping[str, TypeEngine[Any]] = {
    "delegation_id": Uuid(),
    "kind": Text(),
    "scopes": ARRAY(Text()),
    "began_at": DateTime(timezone=True),
    "ends_at": DateTime(timezone=True),
    "ended_at": DateTime(timezone=True),
    "until_age": Integer(),
    "own_access_age": Integer(),
    "patient_id": Uuid(),
    "family_name": Text(),
    "given_name": Text(),
    "middle_name": Text(),
    "sex": Text(),
    "birth_date": Date(),
    "birth_precision": Text(),
}


def _told_by(function: str) -> Select[Any]:
    told = getattr(func.identity, function)().table_valued(*(column(*each) for each in _TOLD.items()))
    rows: Select[Any] = select(*told.c).order_by(told.c.birth_date.desc(), told.c.delegation_id)
    return rows


def _other_person(row: Any, at: datetime) -> OtherPerson:
    birth = Birth(row.birth_date, Precision(row.birth_precision))
    term = Term(row.began_at, row.ends_at, row.ended_at, row.until_age, row.own_access_age)
    return OtherPerson(
        delegation_id=row.delegation_id,
        kind=DelegationKind(row.kind),
        scopes=tuple(Scope(each) for each in limited(row.scopes) or Scope),
        patient_id=row.patient_id,
        full_name=full_name(row.family_name, row.given_name, row.middle_name),
        sex=AdministrativeGender(row.sex),
        birth=birth,
        standing=standing_of(term, birth, at=at, zone=zone()),
    )


def decides_until_now(session: ActorSession) -> datetime | None:
    """Until when counts what the actor decides for whom they act; None where they decide for themself.

    Raises:
        NotFound: there is no such right any more.
        RuleBroken: by this right nobody decides anything; see `identity.delegations.rules.deciding`.
    """
    actor = session.actor
    if actor.delegation_id is None or actor.patient_id is None:
        return None
    rights = [each for each in living_delegations(session) if each.id == actor.delegation_id]
    known = sexes_and_births(session, [actor.patient_id]).get(actor.patient_id)
    if not rights or known is None:
        raise NotFound("There is no such right to act for somebody.")
    limits = age_limits(session, on=today())
    return decides_until(rights[0].kind, rights[0].ends_at, known.birth, limits, at=now(), zone=zone())


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
        # The right by which somebody acts, however little it opens.
        Delegation.id == session.actor.delegation_id,
    )
