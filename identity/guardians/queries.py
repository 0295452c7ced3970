"""Who is or was the guardian of a patient, as a registrar sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import Select, exists, select

from foundation.clock import now
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.sealing import unseal
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.delegations.tables import DelegationEnd
from identity.facilities.queries import FacilityCard, facilities_from, facility_rows
from identity.guardians.enumerations import GuardianBasis, GuardianDocument
from identity.guardians.tables import SEALED_AS, Guardianship
from identity.patients.queries.patients import (
    PatientCard,
    PatientName,
    patient_from,
    patient_name_rows,
    patient_names_from,
    patient_rows,
)


@dataclass(frozen=True, slots=True)
class GuardianCard:
    """By what paper somebody is a guardian. `number` is "" where the key is gone that it was sealed under."""

    id: UUID
    delegate_id: UUID
    document_kind: GuardianDocument
    number: str
    issuer: str
    issued_on: date
    ends_at: datetime
    basis: GuardianBasis
    facility_id: UUID
    entered_at: datetime
    ended_at: datetime | None

    @property
    def last_moment(self) -> datetime:
        """The last at which it opens the record."""
        return self.ends_at - timedelta.resolution

    def lives(self, at: datetime) -> bool:
        return self.ended_at is None and at < self.ends_at


@dataclass(frozen=True, slots=True)
class GuardiansOfPatient:
    """A patient, the papers, and of the guardians the names of those whom the reader may know."""

    patient: PatientCard
    cards: Sequence[GuardianCard]
    names: Mapping[UUID, PatientName]
    facilities: Mapping[UUID, FacilityCard]

    @property
    def living(self) -> list[GuardianCard]:
        at = now()
        return [each for each in self.cards if each.lives(at)]


def guardians_of_patient(session: ActorSession, patient_id: UUID) -> GuardiansOfPatient:
    """Raises NotFound: no such patient, or not one whom the reader may know."""
    answer = _OF_PATIENT.fetch(session, patient_id=patient_id)
    return GuardiansOfPatient(
        patient=patient_from(answer.opened),
        cards=[_card(row) for row in answer.cards],
        names=patient_names_from(answer.names),
        facilities=facilities_from(answer.facilities),
    )


def guardianship_to_end(session: ActorSession, patient_id: UUID, guardianship_id: UUID) -> Guardianship:
    """Raises NotFound: none of this patient's, or the patient is not one whom the reader may know."""
    found = session.scalar(
        select(Guardianship).where(
            Guardianship.id == guardianship_id,
            Guardianship.patient_id == patient_id,
            access.readable_by(session, Thing.DEMOGRAPHICS, Guardianship.patient_id),
        )
    )
    if found is None:
        raise NotFound("Record not found.")
    return found


def has_living_guardian(session: ActorSession, patient_id: UUID) -> bool:
    """Whether a guardian acts now for a patient whom the reader may know."""
    rows = _rows(session, patient_id).subquery()
    living = exists().where(rows.c.ended_at.is_(None), rows.c.ends_at > now())
    return bool(session.scalar(select(living)))


def _rows(session: ActorSession, patient_id: Any) -> Select[Any]:
    told: Any = select(
        Guardianship.id,
        Guardianship.delegate_id,
        Guardianship.document_kind,
        Guardianship.number_sealed,
        Guardianship.issuer,
        Guardianship.issued_on,
        Guardianship.ends_at,
        Guardianship.basis,
        Guardianship.facility_id,
        Guardianship.entered_at,
        DelegationEnd.ended_at,
    ).select_from(Guardianship)
    rows: Select[Any] = (
        told.outerjoin(DelegationEnd, DelegationEnd.delegation_id == Guardianship.id)
        .where(Guardianship.patient_id == patient_id)
        .where(access.readable_by(session, Thing.DEMOGRAPHICS, Guardianship.patient_id))
    )
    return rows


def _of_patient(session: ActorSession, *, patient_id: Any) -> Selects:
    cards = _rows(session, patient_id).cte("cards")
    return {
        "opened": patient_rows(session, patient_id),
        "cards": select(cards).order_by(cards.c.entered_at.desc(), cards.c.id),
        "names": patient_name_rows(session, select(cards.c.delegate_id)),
        "facilities": facility_rows(select(cards.c.facility_id)),
    }


_OF_PATIENT = CombinedQuery(_of_patient)


def _card(row: Any) -> GuardianCard:
    return GuardianCard(
        id=row.id,
        delegate_id=row.delegate_id,
        document_kind=GuardianDocument(row.document_kind),
        number=_opened(bytes(row.number_sealed)),
        issuer=row.issuer,
        issued_on=row.issued_on,
        ends_at=row.ends_at,
        basis=GuardianBasis(row.basis),
        facility_id=row.facility_id,
        entered_at=row.entered_at,
        ended_at=row.ended_at,
    )


def _opened(sealed: bytes) -> str:
    try:
        return unseal(sealed, SEALED_AS)
    except InvalidTag:
        return ""
