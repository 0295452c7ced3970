"""Sealing anew: a portion in each transaction, chosen by the key that it still needs, so that it goes on wherever it stopped."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import update

from foundation import audit
from foundation.database.transactions import ActorSession
from foundation.sealing import keyed_digest, seal, unseal
from identity.contact_points.tables import SEALED_AS as CONTACT_SEALED_AS
from identity.contact_points.tables import ContactPoint
from identity.grants.tables import SEALED_AS as OFFER_SEALED_AS
from identity.grants.tables import DelegationOffer
from identity.guardians.tables import SEALED_AS as NUMBER_SEALED_AS
from identity.guardians.tables import Guardianship
from identity.patients.tables import SEALED_AS, PatientIdentifier
from identity.record_requests.tables import RecordRequest
from identity.record_requests.tickets import sealed_anew as request_sealed_anew
from identity.resealing.queries import rows_to_reseal
from identity.staff.actions import columns_sealed_anew
from identity.staff.tables import StaffMember

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Portion:
    """What one transaction did. `unopened` are sealed under no key that is known; `last` is None at the end."""

    resealed: int
    unopened: int
    last: UUID | None


def reseal_patient_identifiers(session: ActorSession, after: UUID | None) -> Portion:
    """The next identifiers of patients that still need another key, in the order of their rows."""
    return _reseal(session, PatientIdentifier, PatientIdentifier.value_sealed, _identifier_anew, after)


def reseal_staff(session: ActorSession, after: UUID | None) -> Portion:
    """The same of the staff register."""
    return _reseal(session, StaffMember, StaffMember.national_identifier_sealed, columns_sealed_anew, after)


def reseal_record_requests(session: ActorSession, after: UUID | None) -> Portion:
    """The same of what was proven of people who ask for their record."""
    return _reseal(session, RecordRequest, RecordRequest.proven_sealed, request_sealed_anew, after)


def reseal_delegation_offers(session: ActorSession, after: UUID | None) -> Portion:
    """The same of those to whom a right was offered."""
    return _reseal(session, DelegationOffer, DelegationOffer.identifier_sealed, _offer_anew, after)


def _offer_anew(sealed: bytes) -> dict[str, bytes]:
    value = unseal(sealed, OFFER_SEALED_AS)
    return {"identifier_digest": keyed_digest(value), "identifier_sealed": seal(value, OFFER_SEALED_AS)}


def reseal_guardianships(session: ActorSession, after: UUID | None) -> Portion:
    """The same of the numbers of guardians' papers."""
    return _reseal(session, Guardianship, Guardianship.number_sealed, _number_anew, after)


def reseal_contact_points(session: ActorSession, after: UUID | None) -> Portion:
    """The same of addresses and telephones."""
    return _reseal(session, ContactPoint, ContactPoint.value_sealed, _contact_anew, after)


def _contact_anew(sealed: bytes) -> dict[str, bytes]:
    return {"value_sealed": seal(unseal(sealed, CONTACT_SEALED_AS), CONTACT_SEALED_AS)}


def _number_anew(sealed: bytes) -> dict[str, bytes]:
    return {"number_sealed": seal(unseal(sealed, NUMBER_SEALED_AS), NUMBER_SEALED_AS)}


def _identifier_anew(sealed: bytes) -> dict[str, bytes]:
    value = unseal(sealed, SEALED_AS)
    return {"value_digest": keyed_digest(value), "value_sealed": seal(value, SEALED_AS)}


def _reseal(
    session: ActorSession,
    table: Any,
    column: Any,
    anew: Callable[[bytes], dict[str, bytes]],
    after: UUID | None,
) -> Portion:
    rows = rows_to_reseal(session, table, column, after=after, at_once=AT_ONCE)
    changes: list[dict[str, object]] = []
    for row in rows:
        try:
            changes.append({"id": row.id, **anew(row.sealed)})
        except InvalidTag:
            continue
    _write(session, table, changes)
    return Portion(len(changes), len(rows) - len(changes), rows[-1].id if rows else None)


def _write(session: ActorSession, table: Any, changes: Sequence[dict[str, object]]) -> None:
    if not changes:
        return
    session.execute(update(table), changes)
    audit.record(
        session,
        act="identifiers.resealed",
        patient_id=None,
        object_kind=table.__tablename__,
        reason=str(len(changes)),
    )
