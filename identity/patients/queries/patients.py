"""Patients, looked up through the person who asks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select

from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.sealing import keyed_digest, unseal
from identity.access import queries as access
from identity.patients import rules as search
from identity.patients.tables import Patient, PatientIdentifier
from identity.people.enumerations import AdministrativeGender
from identity.people.rules.names import full_name, short_name
from identity.people.rules.snils import SNILS_SYSTEM, masked_snils, normal_snils

MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class PatientName:
    """Who a patient is, as far as a line of a list needs it."""

    id: UUID
    family_name: str
    given_name: str
    middle_name: str
    birth_date: date

    @property
    def full_name(self) -> str:
        return full_name(self.family_name, self.given_name, self.middle_name)

    @property
    def short_name(self) -> str:
        return short_name(self.family_name, self.given_name, self.middle_name)


@dataclass(frozen=True, slots=True)
class PatientCard(PatientName):
    """Who a patient is, as far as a page heading needs it."""

    sex: AdministrativeGender
    snils_masked: str


@dataclass(frozen=True, slots=True)
class SexAndBirth:
    """What reference ranges are chosen by."""

    sex: AdministrativeGender
    birth_date: date


def patient_card(session: ActorSession, patient_id: UUID) -> PatientCard:
    """One patient.

    Raises:
        NotFound: no such patient, or not one whom the reader may know.
    """
    return patient_from(session.execute(patient_rows(session, patient_id)))


def patient_name_rows(session: ActorSession, within: Any) -> Select[Any]:
    """Those of a select's ids whom the reader may know: to be fetched in a combined query, and read by `patient_names_from`."""
    rows: Select[Any] = _NAMES.where(Patient.id.in_(within)).where(access.readable_by(session, Patient.id))
    return rows


def patient_names_from(rows: Iterable[Any]) -> dict[UUID, PatientName]:
    return {row.id: PatientName(*row) for row in rows}


def patient_rows(session: ActorSession, patient_id: Any) -> Select[Any]:
    """One patient, if the reader may know them: to be fetched in a combined query, and read by `patient_from`."""
    return _readable(session, only=patient_id).where(Patient.id == patient_id)


def patient_from(rows: Iterable[Any]) -> PatientCard:
    """Raises NotFound like `patient_card`."""
    for row in rows:
        return _card(row)
    raise NotFound("There is no such patient.")


def sexes_and_births(session: ActorSession, ids: Collection[UUID]) -> dict[UUID, SexAndBirth]:
    """Of those whom the reader may know."""
    if not ids:
        return {}
    rows = session.execute(
        select(Patient.id, Patient.sex, Patient.birth_date)
        .where(Patient.id.in_(ids))
        .where(access.readable_by(session, Patient.id))
    )
    return {row.id: SexAndBirth(row.sex, row.birth_date) for row in rows}


def sex_and_birth_column(session: ActorSession, patient_id: Any) -> Any:
    """The same of the patient whom a column names: to be fetched beside it, and read by `sex_and_birth_from`."""
    return (
        select(func.json_build_array(Patient.sex, Patient.birth_date))
        .where(Patient.id == patient_id)
        .where(access.readable_by(session, Patient.id))
        .scalar_subquery()
    )


def sex_and_birth_from(fetched: Any) -> SexAndBirth | None:
    """None where the reader may not know the patient."""
    return SexAndBirth(AdministrativeGender(fetched[0]), date.fromisoformat(fetched[1])) if fetched else None


def find_patients(session: ActorSession, *, text: str) -> list[PatientCard]:
    """Patients by beginnings of their names, birth date (03.05.1960 or 1960-05-03) or SNILS, in any order.

    Returns:
        At most fifty, by name; none where `text` holds nothing to search by.
    """
    query = search.parse_query(text)
    if not query:
        return []
    asked = _readable(session)
    if query.snils:
        asked = asked.where(
            and_(
                PatientIdentifier.system == SNILS_SYSTEM,
                PatientIdentifier.value_digest == keyed_digest(query.snils),
            )
        )
    for born in query.birth_dates:
        asked = asked.where(Patient.birth_date == born)
    for beginning in query.names:
        pattern = search.like_pattern_of(beginning)
        asked = asked.where(
            or_(Patient.sort_key.like(f"{pattern}%"), Patient.sort_key.like(f"% {pattern}%")),
        )
    return _cards(session, asked.order_by(Patient.sort_key, Patient.birth_date).limit(MOST_FOUND))


def normal_identifier(system: str, value: str) -> str:
    """An identifier as it is looked up; "" for one that stands for "has none", such as the SNILS 000-000-000 00."""
    return normal_snils(value) or "" if system == SNILS_SYSTEM else value


def known_patient(session: ActorSession, *, system: str, value: str) -> UUID | None:
    """The patient with this identifier, for loaders; row-level security decides who else may know."""
    return session.scalar(
        select(PatientIdentifier.patient_id).where(
            PatientIdentifier.system == system, PatientIdentifier.value_digest == keyed_digest(value)
        )
    )


_NAMES: Any = select(
    Patient.id, Patient.family_name, Patient.given_name, Patient.middle_name, Patient.birth_date
)


def _readable(session: ActorSession, *, only: Any = None) -> Select[Any]:
    rows: Select[Any] = (
        _NAMES.add_columns(Patient.sex, PatientIdentifier.value_sealed)
        .outerjoin(
            PatientIdentifier,
            and_(PatientIdentifier.patient_id == Patient.id, PatientIdentifier.system == SNILS_SYSTEM),
        )
        .where(access.readable_by(session, Patient.id, only=only))
    )
    return rows


def _cards(session: ActorSession, asked: Select[Any]) -> list[PatientCard]:
    return [_card(row) for row in session.execute(asked)]


def _card(row: Any) -> PatientCard:
    return PatientCard(
        id=row.id,
        family_name=row.family_name,
        given_name=row.given_name,
        middle_name=row.middle_name,
        birth_date=row.birth_date,
        sex=row.sex,
        snils_masked=masked_snils(unseal(row.value_sealed)) if row.value_sealed else "",
    )
