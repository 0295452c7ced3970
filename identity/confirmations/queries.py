"""Whom an account was confirmed to be in person, and what was confirmed of a patient."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Text, Uuid, column, func, select

from foundation.database.transactions import ActorSession
from foundation.language.dates import Precision
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.confirmations.enumerations import DocumentKind
from identity.confirmations.tables import ConfirmedIdentity, ConfirmedIdentityEnd
from identity.people.enumerations import Birth


@dataclass(frozen=True, slots=True)
class ConfirmedPatient:
    patient_id: UUID
    birth: Birth


@dataclass(frozen=True, slots=True)
class LinkCard:
    """An account was linked to a patient in person. `by_code`: with a one-time code."""

    id: UUID
    document_kind: DocumentKind
    facility_id: UUID
    by_code: bool
    confirmed_at: datetime
    ended_at: datetime | None


def confirmed_patients(session: ActorSession, *, issuer: str, subject: str) -> list[ConfirmedPatient]:
    """Whom an account was linked to in person, where the link stands; for whoever comes back from a provider."""
    told = func.identity.confirmed_patient(issuer, subject).table_valued(
        column("patient_id", Uuid), column("birth_date", Date), column("birth_precision", Text)
    )
    return [
        ConfirmedPatient(row.patient_id, Birth(row.birth_date, Precision(row.birth_precision)))
        for row in session.execute(select(told.c.patient_id, told.c.birth_date, told.c.birth_precision))
    ]


def link_rows(session: ActorSession, patient_id: Any) -> Select[Any]:
    """What was confirmed of a patient, the newest first: for a combined query and `links_from`."""
    told: Any = select(
        ConfirmedIdentity.id,
        ConfirmedIdentity.document_kind,
        ConfirmedIdentity.facility_id,
        ConfirmedIdentity.code_id,
        ConfirmedIdentity.confirmed_at,
        ConfirmedIdentityEnd.ended_at,
    )
    rows: Select[Any] = (
        told.outerjoin(ConfirmedIdentityEnd, ConfirmedIdentityEnd.confirmation_id == ConfirmedIdentity.id)
        .where(ConfirmedIdentity.patient_id == patient_id)
        .where(access.readable_by(session, Thing.DEMOGRAPHICS, ConfirmedIdentity.patient_id))
        .order_by(ConfirmedIdentity.confirmed_at.desc(), ConfirmedIdentity.id)
    )
    return rows


def links_from(rows: Iterable[Any]) -> list[LinkCard]:
    return [
        LinkCard(
            row.id,
            DocumentKind(row.document_kind),
            row.facility_id,
            row.code_id is not None,
            row.confirmed_at,
            row.ended_at,
        )
        for row in rows
    ]


def links_of(session: ActorSession, patient_id: UUID) -> list[LinkCard]:
    """What was confirmed of a patient whom the reader may know."""
    return links_from(session.execute(link_rows(session, patient_id)))


def confirmation_of_code(session: ActorSession, confirmation_id: UUID) -> ConfirmedIdentity:
    """That the actor's own account was linked, as they have just been by a code."""
    return session.scalars(
        select(ConfirmedIdentity).where(
            ConfirmedIdentity.id == confirmation_id,
            ConfirmedIdentity.account_id == session.actor.account_id,
        )
    ).one()


def link_conflict(session: ActorSession, account_id: UUID, patient_id: UUID) -> str:
    """A LinkConflict, or "" where nothing stands against it; the two are locked until the transaction ends."""
    session.execute(select(func.identity.lock_link(account_id, patient_id)))
    found: str = session.execute(
        select(func.identity.link_conflict(account_id, patient_id, type_=Text()))
    ).scalar_one()
    return found
