"""Patients, looked up through the person who asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from foundation.database import ActorSession
from foundation.errors import NotFound
from foundation.sealing import keyed_digest, unseal
from identity.queries import access
from identity.rules import search
from identity.rules.people import AdministrativeGender, full_name, short_name
from identity.rules.snils import SYSTEM as SNILS
from identity.rules.snils import masked_snils, normal_snils
from identity.tables import Patient, PatientIdentifier

MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class PatientCard:
    """Who a patient is, as far as a page heading needs it."""

    id: UUID
    family_name: str
    given_name: str
    middle_name: str
    birth_date: date
    sex: AdministrativeGender
    snils_masked: str

    @property
    def full_name(self) -> str:
        return full_name(self.family_name, self.given_name, self.middle_name)

    @property
    def short_name(self) -> str:
        return short_name(self.family_name, self.given_name, self.middle_name)


def patient_card(session: ActorSession, patient_id: UUID) -> PatientCard:
    """One patient.

    Raises:
        NotFound: no such patient, or not one whom the reader may know.
    """
    found = _cards(session, _readable(session).where(Patient.id == patient_id))
    if not found:
        raise NotFound("There is no such patient.")
    return found[0]


def patient_cards(session: ActorSession, ids: Iterable[UUID]) -> dict[UUID, PatientCard]:
    """Those of these patients whom the reader may know."""
    wanted = set(ids)
    if not wanted:
        return {}
    return {card.id: card for card in _cards(session, _readable(session).where(Patient.id.in_(wanted)))}


def find_patients(session: ActorSession, *, text: str) -> list[PatientCard]:
    """Patients by beginnings of their names, birth date (03.05.1960 or 1960-05-03) or SNILS, in any order.

    Returns:
        At most fifty, by name; none where `text` holds nothing to search by.
    """
    words = search.understood(text)
    if not words:
        return []
    asked = _readable(session)
    if words.snils:
        asked = asked.where(
            and_(
                PatientIdentifier.system == SNILS, PatientIdentifier.value_digest == keyed_digest(words.snils)
            )
        )
    for born in words.birth_dates:
        asked = asked.where(Patient.birth_date == born)
    for beginning in words.names:
        pattern = search.escaped(beginning)
        asked = asked.where(
            or_(Patient.sort_key.like(f"{pattern}%"), Patient.sort_key.like(f"% {pattern}%")),
        )
    return _cards(session, asked.order_by(Patient.sort_key, Patient.birth_date).limit(MOST_FOUND))


def normal_identifier(system: str, value: str) -> str:
    """An identifier as it is looked up; "" for one that stands for "has none", such as the SNILS 000-000-000 00."""
    return normal_snils(value) or "" if system == SNILS else value


def known_patient(session: ActorSession, *, system: str, value: str) -> UUID | None:
    """The patient with this identifier, for loaders; row-level security decides who else may know."""
    return session.scalar(
        select(PatientIdentifier.patient_id).where(
            PatientIdentifier.system == system, PatientIdentifier.value_digest == keyed_digest(value)
        )
    )


def _readable(session: ActorSession) -> Select[Patient, bytes | None]:
    return (
        select(Patient, PatientIdentifier.value_sealed)
        .outerjoin(
            PatientIdentifier,
            and_(PatientIdentifier.patient_id == Patient.id, PatientIdentifier.system == SNILS),
        )
        .where(access.readable_by(session, Patient.id))
    )


def _cards(session: ActorSession, asked: Select[Patient, bytes | None]) -> list[PatientCard]:
    return [
        PatientCard(
            id=row.id,
            family_name=row.family_name,
            given_name=row.given_name,
            middle_name=row.middle_name,
            birth_date=row.birth_date,
            sex=row.sex,
            snils_masked=masked_snils(unseal(sealed)) if sealed else "",
        )
        for row, sealed in session.execute(asked)
    ]
