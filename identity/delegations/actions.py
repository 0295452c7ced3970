"""Entering somebody's right to act for another, and taking it back: from then on it opens nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from foundation import audit
from foundation.clock import now, zone
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.identifiers import new_id
from identity.access.enumerations import Scope
from identity.delegations.enumerations import AgeLimitKind, DelegationKind
from identity.delegations.queries import age_limits, delegation_to_end
from identity.delegations.rules.ages import represented_until
from identity.delegations.rules.entering import evidence_digest, require_child, require_enterable, scopes_of
from identity.delegations.tables import Delegation, DelegationEnd
from identity.patients.queries.patients import sexes_and_births


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelegation:
    """Somebody's right to act for another.

    Attributes:
        patient_id: who is represented; `delegate_id` is the patient whom the delegate is themself.
        ends_at: none is given for a parent, whose right ends by the child's birthday.
        basis: what shows it, in words; `evidence` is the number of that paper.
    """

    patient_id: UUID
    delegate_id: UUID
    kind: DelegationKind
    basis: str
    ends_at: datetime | None = None
    scopes: Collection[Scope] = tuple(Scope)
    evidence: str = ""


def enter_delegation(session: ActorSession, new: NewDelegation) -> UUID:
    """Let the delegate act for the patient from now on.

    Raises:
        NotFound: the patient is not one whom the actor may know.
        RuleBroken: it would let nobody act, or a parent for somebody who is not for certain a child.
    """
    at, until_age, ends_at = now(), None, new.ends_at
    if new.kind is DelegationKind.PARENT:
        until_age = age_limits(session, on=at.astimezone(zone()).date())[AgeLimitKind.OF_AGE]
        ends_at = _of_age_at(session, new.patient_id, until_age)
        require_child(ends_at, at=at)
    scopes, ends_at = scopes_of(new.kind, new.scopes), ends_at or at
    require_enterable(
        patient_id=new.patient_id,
        delegate_id=new.delegate_id,
        scopes=scopes,
        began_at=at,
        ends_at=ends_at,
    )
    delegation_id = new_id()
    session.connection().execute(
        insert(Delegation).inline(),
        {
            "id": delegation_id,
            "patient_id": new.patient_id,
            "delegate_id": new.delegate_id,
            "kind": new.kind,
            "scopes": [each.value for each in scopes],
            "began_at": at,
            "ends_at": ends_at,
            "until_age": until_age,
            "basis": new.basis,
            "evidence_sha256": evidence_digest(delegation_id, new.evidence),
            "staff_id": session.actor.staff_id,
            "facility_id": session.actor.facility_id,
        },
    )
    _record(session, "delegation.entered", new.patient_id, delegation_id)
    return delegation_id


def end_delegation(session: ActorSession, delegation_id: UUID, *, reason: str) -> None:
    """Take the right back at once; ending it twice changes nothing. Raises NotFound: absent, or not the actor's to end."""
    found = delegation_to_end(session, delegation_id)
    ended = session.connection().execute(
        insert(DelegationEnd).on_conflict_do_nothing(),
        {
            "delegation_id": found.id,
            "patient_id": found.patient_id,
            "delegate_id": found.delegate_id,
            "reason": reason,
        },
    )
    if ended.rowcount:
        _record(session, "delegation.ended", found.patient_id, found.id)


def _of_age_at(session: ActorSession, patient_id: UUID, years: int) -> datetime:
    known = sexes_and_births(session, [patient_id]).get(patient_id)
    if known is None:
        raise NotFound("Record not found.")
    return represented_until(known.birth, years, zone=zone())


def _record(session: ActorSession, act: str, patient_id: UUID, delegation_id: UUID) -> None:
    audit.record(session, act=act, patient_id=patient_id, object_kind="delegation", object_id=delegation_id)
