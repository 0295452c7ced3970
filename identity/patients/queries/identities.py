"""Who is exactly so: by the whole national identifier, or by the whole name and the day of birth."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select, union_all

from foundation.database.transactions import ActorSession
from foundation.language.dates import Precision
from foundation.sealing import keyed_digests
from identity.patients.queries.patients import PatientCard, cards_of, readable_patients
from identity.patients.tables import Patient, PatientIdentifier
from identity.people.rules.names import sort_key
from identity.people.rules.snils import SNILS_SYSTEM

# Twins differ in their given names; more people than this of one name and day there are not.
MOST_OF_ONE_NAME = 20


@dataclass(frozen=True, slots=True)
class WholeIdentity:
    """A SNILS in its normal form, or family and given name and the day of birth; a middle name narrows it further."""

    snils: str = ""
    family_name: str = ""
    given_name: str = ""
    middle_name: str = ""
    born_on: date | None = None


def patients_with_identity(session: ActorSession, asked: WholeIdentity) -> list[PatientCard]:
    """Those whom the reader may know; no part of a name finds anybody."""
    rows = readable_patients(session)
    if asked.snils:
        rows = rows.where(
            PatientIdentifier.system == SNILS_SYSTEM,
            PatientIdentifier.value_digest.in_(keyed_digests(asked.snils)),
        )
    else:
        rows = rows.where(_named_and_born(asked))
    return cards_of(session, rows.order_by(Patient.sort_key).limit(MOST_OF_ONE_NAME))


def patients_like(session: ActorSession, asked: WholeIdentity) -> list[PatientCard]:
    """Those whom the reader may know and who agree with the SNILS or, whole, with the name and the day of birth."""
    by_snils = select(PatientIdentifier.patient_id).where(
        PatientIdentifier.system == SNILS_SYSTEM,
        PatientIdentifier.value_digest.in_(keyed_digests(asked.snils)),
    )
    by_name = select(Patient.id).where(_named_and_born(asked))
    either = union_all(by_snils, by_name) if asked.snils else by_name
    rows = readable_patients(session).where(Patient.id.in_(either))
    return cards_of(session, rows.order_by(Patient.sort_key).limit(MOST_OF_ONE_NAME))


def _named_and_born(asked: WholeIdentity) -> ColumnElement[bool]:
    name = sort_key(asked.family_name, asked.given_name, asked.middle_name)
    named = Patient.sort_key == name
    if not asked.middle_name:
        named = or_(named, Patient.sort_key.startswith(name + " ", autoescape=True))
    born: ColumnElement[bool] = Patient.birth_date == asked.born_on
    return named & born & (Patient.birth_precision == Precision.DAY)
