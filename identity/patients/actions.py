"""Entering patients into the register: done by loaders, never by a login."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.sql.dml import ReturningUpdate

from foundation import audit
from foundation.database.transactions import ActorSession
from foundation.sealing import keyed_digest, seal
from identity.patients.tables import SEALED_AS, Patient, PatientIdentifier
from identity.people.enumerations import AdministrativeGender, Birth, Death, PersonName
from identity.people.rules.names import sort_key


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier of a person: a FHIR identifier system and the value in its normal form."""

    system: str
    value: str


@dataclass(frozen=True, slots=True)
class NewPatient:
    name: PersonName
    birth: Birth
    sex: AdministrativeGender
    identifiers: Sequence[Identifier]
    provisional: bool = False


def register_patient(session: ActorSession, new: NewPatient) -> Patient:
    """Enter a patient. That an identifier is not known yet is the caller's question to ask first."""
    name = new.name
    patient = Patient(
        family_name=name.family,
        given_name=name.given,
        middle_name=name.middle,
        birth_date=new.birth.first,
        birth_precision=new.birth.precision,
        sex=new.sex,
        provisional=new.provisional,
        sort_key=sort_key(name.family, name.given, name.middle),
    )
    session.add(patient)
    session.flush()
    session.add_all(
        PatientIdentifier(
            patient_id=patient.id,
            system=each.system,
            value_digest=keyed_digest(each.value),
            value_sealed=seal(each.value, SEALED_AS),
        )
        for each in new.identifiers
    )
    session.flush()
    audit.record(
        session, act="patient.registered", patient_id=patient.id, object_kind="patient", object_id=patient.id
    )
    return patient


def learn_birth(session: ActorSession, patient_id: UUID, *, known: Birth, told: Birth) -> None:
    """Take up what is told of a birth where it says more than is known. That it contradicts nothing is the caller's question."""
    if told.last - told.first >= known.last - known.first:
        return
    session.execute(
        update(Patient)
        .where(Patient.id == patient_id)
        .values(birth_date=told.first, birth_precision=told.precision)
    )
    audit.record(
        session,
        act="patient.birth_learned",
        patient_id=patient_id,
        object_kind="patient",
        object_id=patient_id,
    )


def confirm_patient(session: ActorSession, patient_id: UUID, *, name: PersonName, birth: Birth) -> None:
    """Take up who somebody is, as a person has decided it: they are not provisional any more."""
    learn_person(session, patient_id, name=name, birth=birth, provisional=False)
    audit.record(
        session, act="patient.confirmed", patient_id=patient_id, object_kind="patient", object_id=patient_id
    )


def learn_person(
    session: ActorSession, patient_id: UUID, *, name: PersonName, birth: Birth, provisional: bool
) -> None:
    """Take up who somebody is. That it is true, and that it is told in the audit, is the caller's question."""
    session.execute(
        update(Patient)
        .where(Patient.id == patient_id)
        .values(
            family_name=name.family,
            given_name=name.given,
            middle_name=name.middle,
            sort_key=sort_key(name.family, name.given, name.middle),
            birth_date=birth.first,
            birth_precision=birth.precision,
            provisional=provisional,
        )
    )


def learn_deaths(session: ActorSession, told: Mapping[UUID, Death | None]) -> None:
    """Take up what the records of these patients tell of their deaths now: None of who is not told to have died."""
    living = [patient_id for patient_id, death in told.items() if death is None]
    changed = list(
        session.scalars(_death(None).where(Patient.id.in_(living), Patient.death_precision.is_not(None)))
    )
    for patient_id, death in told.items():
        if death is not None:
            unknown = or_(
                Patient.death_date.is_distinct_from(death.first),
                Patient.death_precision.is_distinct_from(death.precision),
            )
            changed += session.scalars(_death(death).where(Patient.id == patient_id, unknown))
    audit.record_many(
        session,
        act="patient.death_learned",
        object_kind="patient",
        done_to=[(patient_id, patient_id) for patient_id in changed],
    )


def _death(death: Death | None) -> ReturningUpdate[UUID]:
    values = {
        "death_date": death.first if death else None,
        "death_precision": death.precision if death else None,
    }
    return update(Patient).values(**values).returning(Patient.id)
