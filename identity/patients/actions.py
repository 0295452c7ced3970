"""Entering patients into the register: done by loaders, never by a login."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from foundation import audit
from foundation.database.transactions import ActorSession
from foundation.sealing import keyed_digest, seal
from identity.patients.tables import Patient, PatientIdentifier
from identity.people.enumerations import AdministrativeGender, PersonName
from identity.people.rules.names import sort_key


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier of a person: a FHIR identifier system and the value in its normal form."""

    system: str
    value: str


@dataclass(frozen=True, slots=True)
class NewPatient:
    name: PersonName
    birth_date: date
    sex: AdministrativeGender
    identifiers: Sequence[Identifier]


def register_patient(session: ActorSession, new: NewPatient) -> Patient:
    """Enter a patient. That an identifier is not known yet is the caller's question to ask first."""
    name = new.name
    patient = Patient(
        family_name=name.family,
        given_name=name.given,
        middle_name=name.middle,
        birth_date=new.birth_date,
        sex=new.sex,
        sort_key=sort_key(name.family, name.given, name.middle),
    )
    session.add(patient)
    session.flush()
    session.add_all(
        PatientIdentifier(
            patient_id=patient.id,
            system=each.system,
            value_digest=keyed_digest(each.value),
            value_sealed=seal(each.value),
        )
        for each in new.identifiers
    )
    session.flush()
    audit.record(
        session, act="patient.registered", patient_id=patient.id, object_kind="patient", object_id=patient.id
    )
    return patient
