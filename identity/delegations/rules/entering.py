"""What can be entered as somebody's right to act for another, and what is kept of the paper that shows it."""

from collections.abc import Collection
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from foundation.errors import RuleBroken
from identity.access.enumerations import Scope
from identity.delegations.enumerations import DelegationKind


def require_enterable(
    *, patient_id: UUID, delegate_id: UUID, scopes: Collection[Scope], began_at: datetime, ends_at: datetime
) -> None:
    """Raises RuleBroken: it would let nobody act, or somebody for themselves."""
    if patient_id == delegate_id:
        raise RuleBroken("Nobody acts for themselves by this.")
    if not scopes:
        raise RuleBroken("Choose what may be seen.")
    if ends_at <= began_at:
        raise RuleBroken("This would be over before it begins.")


def require_child(ends_at: datetime, *, at: datetime) -> None:
    """Raises RuleBroken: of age, or not for certain a child."""
    if ends_at <= at:
        raise RuleBroken("A parent acts for a child only, and this person is of age or may be.")


def scopes_of(kind: DelegationKind, chosen: Collection[Scope]) -> list[Scope]:
    """What may be seen, in one order: parents and guardians answer for all of it, a grant names its parts."""
    return [each for each in Scope if kind is not DelegationKind.GRANT or each in chosen]


def evidence_digest(delegation_id: UUID, evidence: str) -> str:
    """Of the number of a paper, so that the same paper can be known again and its number is not kept; "" without one."""
    return sha256(f"{delegation_id}:{evidence}".encode()).hexdigest() if evidence else ""
