"""Patients, looked up through the person who asks."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from foundation.clock import now, today
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.language.dates import Precision
from foundation.language.latin_letters import PrintedName
from foundation.sealing import keyed_digests, unseal
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.access.rules.emergencies import minutes_left
from identity.patients.rules import search
from identity.patients.rules.search import SearchQuery
from identity.patients.rules.spelling import Closeness
from identity.patients.tables import SEALED_AS, Patient, PatientIdentifier
from identity.people.enumerations import AdministrativeGender, Birth, Death
from identity.people.rules.names import full_name, short_name
from identity.people.rules.snils import SNILS_SYSTEM, masked_snils, normal_snils

MOST_FOUND = 50
# Of those whom the database finds by name and birth, before the last digits of their SNILS are compared.
MOST_LOOKED_AT = 2000


@dataclass(frozen=True, slots=True)
class PatientName:
    """Who a patient is, as far as a line of a list needs it."""

    id: UUID
    family_name: str
    given_name: str
    middle_name: str
    birth_date: date
    birth_precision: Precision

    @property
    def birth(self) -> Birth:
        return Birth(self.birth_date, self.birth_precision)

    @property
    def full_name(self) -> PrintedName:
        return full_name(self.family_name, self.given_name, self.middle_name)

    @property
    def short_name(self) -> PrintedName:
        return short_name(self.family_name, self.given_name, self.middle_name)


@dataclass(frozen=True, slots=True)
class PatientCard(PatientName):
    """Who a patient is, as far as a page heading needs it.

    `by_law_alone`: the record is open to who reads because the region's law says so, and for no care: to be read only.
    """

    sex: AdministrativeGender
    snils_masked: str
    death: Death | None = None
    provisional: bool = False
    emergency_ends_at: datetime | None = None
    emergency_alone: bool = False
    by_law_alone: bool = False

    @property
    def emergency_minutes(self) -> int | None:
        """For how many minutes yet an emergency opens the record, or what is the treating team's alone; None where none does."""
        ends_at = self.emergency_ends_at
        return None if ends_at is None else minutes_left(ends_at, at=now())

    @property
    def emergency_seconds(self) -> int:
        """The same in whole seconds; 0 where it is not for that."""
        ends_at = self.emergency_ends_at
        return 0 if ends_at is None else max(0, int((ends_at - now()).total_seconds()))


@dataclass(frozen=True, slots=True)
class SexAndBirth:
    """What reference ranges are chosen by."""

    sex: AdministrativeGender
    birth: Birth


def patient_card(session: ActorSession, patient_id: UUID) -> PatientCard:
    """One patient.

    Raises:
        NotFound: no such patient, or not one whom the reader may know.
    """
    return patient_from(session.execute(patient_rows(session, patient_id)))


def patient_name_rows(session: ActorSession, within: Any, *, readable_as: Thing | None = None) -> Select[Any]:
    """Those of a select's ids whom the reader may know: to be fetched in a combined query, and read by `patient_names_from`.

    Args:
        readable_as: what of these patients' records the select has asked already whether the reader may read it.
    """
    rows: Select[Any] = _NAMES.where(Patient.id.in_(within))
    if readable_as and access.is_open_with(session, Thing.DEMOGRAPHICS, readable_as):
        return rows
    return rows.where(access.readable_by(session, Thing.DEMOGRAPHICS, Patient.id))


def provisional_rows(session: ActorSession, *, most: int) -> Select[Any]:
    """Those whom nobody has confirmed and the reader may know, who came first first: for a combined query and `patient_names_from`."""
    waiting = _NAMES.where(Patient.provisional, access.readable_by(session, Thing.DEMOGRAPHICS, Patient.id))
    rows: Select[Any] = waiting.order_by(Patient.id).limit(most)
    return rows


def patient_names_from(rows: Iterable[Any]) -> dict[UUID, PatientName]:
    return {row.id: PatientName(*row) for row in rows}


def patient_rows(session: ActorSession, patient_id: Any) -> Select[Any]:
    """One patient, if the reader may know them: to be fetched in a combined query, and read by `patient_from`."""
    return readable_patients(session, only=patient_id).where(Patient.id == patient_id)


def patient_from(rows: Iterable[Any]) -> PatientCard:
    """Raises NotFound like `patient_card`."""
    for row in rows:
        return _card(row)
    raise NotFound("Record not found.")


def sexes_and_births(session: ActorSession, ids: Collection[UUID]) -> dict[UUID, SexAndBirth]:
    """Of those whom the reader may know."""
    if not ids:
        return {}
    rows = session.execute(
        select(Patient.id, Patient.sex, Patient.birth_date, Patient.birth_precision)
        .where(Patient.id.in_(ids))
        .where(access.readable_by(session, Thing.DEMOGRAPHICS, Patient.id))
    )
    return {row.id: SexAndBirth(row.sex, Birth(row.birth_date, row.birth_precision)) for row in rows}


def sex_and_birth_column(session: ActorSession, patient_id: Any) -> Any:
    """The same of the patient whom a column names: to be fetched beside it, and read by `sex_and_birth_from`."""
    return (
        select(func.json_build_array(Patient.sex, Patient.birth_date, Patient.birth_precision))
        .where(Patient.id == patient_id)
        .where(access.readable_by(session, Thing.DEMOGRAPHICS, Patient.id))
        .scalar_subquery()
    )


def sex_and_birth_from(fetched: Any) -> SexAndBirth | None:
    """None where the reader may not know the patient."""
    if not fetched:
        return None
    sex, first, precision = fetched
    return SexAndBirth(AdministrativeGender(sex), Birth(date.fromisoformat(first), Precision(precision)))


@dataclass(frozen=True, slots=True)
class FoundPatients:
    """Who may be meant. `more`: too many for one list.

    `in_other_letters`: called so if the letters are read on the other keyboard or as Latin ones. `similar`: nobody is
    called so in any letters, but nearly so.
    """

    patients: list[PatientCard]
    in_other_letters: bool = False
    similar: bool = False
    more: bool = False


def query_typed(text: str) -> search.SearchQuery:
    """What was typed into a search; nobody is looked for. Raises BadInput where a part of it makes no sense."""
    return search.parse_query(text, today=today())


def find_patients(session: ActorSession, *, text: str) -> FoundPatients:
    """Patients by beginnings of their names, birth date and SNILS or its last digits, in any order.

    Nothing that was typed is left aside. Where nobody is called so, those whose name is typed so on the other keyboard or
    in Latin letters are found, and then those whose name is one typo away; dates and numbers are never guessed.

    Raises:
        BadInput: a part of the text makes no sense.
    """
    query = query_typed(text)
    for closeness in Closeness if query.names else [Closeness.AS_TYPED]:
        found = _found(session, query, closeness)
        if found:
            return FoundPatients(
                found[:MOST_FOUND],
                in_other_letters=closeness is Closeness.OTHER_LETTERS,
                similar=closeness is Closeness.ONE_TYPO,
                more=len(found) > MOST_FOUND,
            )
    return FoundPatients([])


def _found(session: ActorSession, query: SearchQuery, closeness: Closeness) -> list[PatientCard]:
    asked = readable_patients(session).add_columns(Patient.sort_key)
    if query.snils:
        digests = keyed_digests(query.snils)
        asked = asked.where(
            PatientIdentifier.system == SNILS_SYSTEM, PatientIdentifier.value_digest.in_(digests)
        )
    for days in query.births:
        asked = asked.where(_born_on(days))
    if query.year:
        asked = asked.where(Patient.birth_date.between(date(query.year, 1, 1), date(query.year, 12, 31)))
    for name in query.names:
        before = "( |-)" if name.initial else "(^| |-)"
        asked = asked.where(Patient.sort_key.regexp_match(before + name.pattern(closeness)))
    rows = session.execute(asked.order_by(Patient.sort_key, Patient.birth_date).limit(MOST_LOOKED_AT))
    cards = (_card(row) for row in rows if search.is_meant(query.names, row.sort_key, closeness))
    shown = (card for card in cards if not query.last_digits or _ends_with(card, query.last_digits))
    return list(islice(shown, MOST_FOUND + 1))


def _born_on(days: Iterable[date]) -> ColumnElement[bool]:
    """Born on one of these days, or in its month or year where no more is known: such a date does not contradict."""
    whole = [(Precision.DAY, days), (Precision.MONTH, [each.replace(day=1) for each in days])]
    whole += [(Precision.YEAR, [each.replace(month=1, day=1) for each in days])]
    return or_(
        *(
            Patient.birth_date.in_(firsts) & (Patient.birth_precision == precision)
            for precision, firsts in whole
        )
    )


def _ends_with(card: PatientCard, digits: str) -> bool:
    return re.sub(r"\D", "", card.snils_masked).endswith(digits)


def normal_identifier(system: str, value: str) -> str:
    """An identifier as it is looked up; "" for one that stands for "has none", such as the SNILS 000-000-000 00."""
    return normal_snils(value) or "" if system == SNILS_SYSTEM else value


def known_patient(session: ActorSession, *, system: str, value: str) -> UUID | None:
    """The patient with this identifier, for loaders; row-level security decides who else may know."""
    return session.scalar(
        select(PatientIdentifier.patient_id).where(
            PatientIdentifier.system == system, PatientIdentifier.value_digest.in_(keyed_digests(value))
        )
    )


_NAMES: Any = select(
    Patient.id,
    Patient.family_name,
    Patient.given_name,
    Patient.middle_name,
    Patient.birth_date,
    Patient.birth_precision,
)


def readable_patients(session: ActorSession, *, only: Any = None) -> Select[Any]:
    """Those whom the reader may know, each with their SNILS, to be narrowed and read by `cards_of`."""
    rows: Select[Any] = (
        _NAMES.add_columns(
            Patient.sex,
            Patient.death_date,
            Patient.death_precision,
            Patient.recorded_death_on,
            Patient.provisional,
            PatientIdentifier.value_sealed,
            access.emergency_care(session, Patient.id).label("emergency_care"),
            access.is_by_law_alone(session, Patient.id).label("by_law_alone"),
        )
        .outerjoin(
            PatientIdentifier,
            and_(PatientIdentifier.patient_id == Patient.id, PatientIdentifier.system == SNILS_SYSTEM),
        )
        .where(access.readable_by(session, Thing.DEMOGRAPHICS, Patient.id, only=only))
    )
    return rows


def cards_of(session: ActorSession, asked: Select[Any]) -> list[PatientCard]:
    return [_card(row) for row in session.execute(asked)]


def _card(row: Any) -> PatientCard:
    ends_at, alone = row.emergency_care or (None, False)
    return PatientCard(
        id=row.id,
        family_name=row.family_name,
        given_name=row.given_name,
        middle_name=row.middle_name,
        birth_date=row.birth_date,
        birth_precision=row.birth_precision,
        sex=row.sex,
        snils_masked=masked_snils(unseal(row.value_sealed, SEALED_AS)) if row.value_sealed else "",
        death=_death(row),
        provisional=row.provisional,
        emergency_ends_at=ends_at and datetime.fromtimestamp(ends_at, UTC),
        emergency_alone=alone,
        by_law_alone=row.by_law_alone,
    )


def _death(row: Any) -> Death | None:
    """A registrar has seen a document; what records tell of it nobody has proven."""
    if row.recorded_death_on:
        return Death(row.recorded_death_on, Precision.DAY)
    return Death(row.death_date, Precision(row.death_precision)) if row.death_precision else None


# Whoever sees a part of a record knows whose it is.
access.say_what_links_open(Patient, lambda _part: true())
# What was joined into another record is a part of that one, and its old address is nobody's.
access.say_what_law_never_opens(Patient, Patient.merged_into.is_not(None))
