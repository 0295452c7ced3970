"""Entering people and facilities into the registers: done by loaders, never by a login."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from foundation import audit
from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText
from foundation.sealing import keyed_digest, seal
from identity.facilities.enumerations import FacilityKind
from identity.facilities.tables import Facility
from identity.patients.tables import Patient, PatientIdentifier
from identity.people.rules.names import AdministrativeGender, PersonName, sort_key
from identity.roles import Role
from identity.staff.tables import StaffMember, StaffPost


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


@dataclass(frozen=True, slots=True)
class NewStaffMember:
    """`national_identifier`: SNILS digits; without them the member of staff cannot sign in."""

    name: PersonName
    position: BilingualText
    national_identifier: str = ""


@dataclass(frozen=True, slots=True)
class NewFacility:
    """`connected` tells whether it takes part in the system already; coordinates in degrees."""

    code: str
    kind: FacilityKind
    name: BilingualText
    settlement: BilingualText
    latitude: float | None = None
    longitude: float | None = None
    connected: bool = True


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


def register_facility(session: ActorSession, new: NewFacility) -> Facility:
    """Enter a facility."""
    facility = Facility(
        code=new.code,
        kind=new.kind,
        name_en=new.name.en,
        name_ru=new.name.ru,
        settlement_en=new.settlement.en,
        settlement_ru=new.settlement.ru,
        latitude=new.latitude,
        longitude=new.longitude,
        connected=new.connected,
    )
    session.add(facility)
    session.flush()
    return facility


def register_staff(session: ActorSession, new: NewStaffMember) -> StaffMember:
    """Enter a member of staff."""
    known_by = new.national_identifier
    member = StaffMember(
        family_name=new.name.family,
        given_name=new.name.given,
        middle_name=new.name.middle,
        position_en=new.position.en,
        position_ru=new.position.ru,
        national_identifier_digest=keyed_digest(known_by) if known_by else None,
    )
    session.add(member)
    session.flush()
    return member


def register_post(session: ActorSession, *, staff_id: UUID, facility_id: UUID, role: Role) -> StaffPost:
    """Give a member of staff a role at a facility, from now on."""
    post = StaffPost(staff_id=staff_id, facility_id=facility_id, role=role)
    session.add(post)
    session.flush()
    return post
