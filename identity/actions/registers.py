"""Entering people and facilities into the registers: done by loaders, never by a login."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from foundation import audit
from foundation.database import ActorSession
from foundation.language import Text
from foundation.sealing import keyed_digest, seal
from identity.rules.facilities import FacilityKind
from identity.rules.people import AdministrativeGender, sort_key
from identity.rules.roles import Role
from identity.tables import Facility, Patient, PatientIdentifier, StaffMember, StaffPost


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier of a person: a FHIR identifier system and the value in its normal form."""

    system: str
    value: str


def register_patient(
    session: ActorSession,
    *,
    family_name: str,
    given_name: str,
    middle_name: str = "",
    birth_date: date,
    sex: AdministrativeGender,
    identifiers: Sequence[Identifier],
) -> Patient:
    """Enter a patient. That an identifier is not known yet is the caller's question to ask first."""
    patient = Patient(
        family_name=family_name,
        given_name=given_name,
        middle_name=middle_name,
        birth_date=birth_date,
        sex=sex,
        sort_key=sort_key(family_name, given_name, middle_name),
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
        for each in identifiers
    )
    session.flush()
    audit.record(
        session, act="patient.registered", patient_id=patient.id, object_kind="patient", object_id=patient.id
    )
    return patient


def register_facility(
    session: ActorSession,
    *,
    code: str,
    kind: FacilityKind,
    name: Text,
    settlement: Text,
    latitude: float | None = None,
    longitude: float | None = None,
    connected: bool = True,
) -> Facility:
    """Enter a facility; `connected` tells whether it takes part in the system already."""
    facility = Facility(
        code=code,
        kind=kind,
        name_en=name.en,
        name_ru=name.ru,
        settlement_en=settlement.en,
        settlement_ru=settlement.ru,
        latitude=latitude,
        longitude=longitude,
        connected=connected,
    )
    session.add(facility)
    session.flush()
    return facility


def register_staff(
    session: ActorSession,
    *,
    family_name: str,
    given_name: str,
    middle_name: str = "",
    position: Text,
    national_identifier: str = "",
) -> StaffMember:
    """Enter a member of staff; without a national identifier (SNILS digits) they cannot sign in."""
    member = StaffMember(
        family_name=family_name,
        given_name=given_name,
        middle_name=middle_name,
        position_en=position.en,
        position_ru=position.ru,
        national_identifier_digest=keyed_digest(national_identifier) if national_identifier else None,
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
