"""Facilities, staff and citizens into the registers, and each citizen into the care of a polyclinic."""

from datetime import UTC, datetime

from sqlalchemy import insert

from demo.chance import numbered_id
from demo.loading.bulk import Row, add_audit_rows, add_rows, audit_row
from demo.region import Region
from demo.story_lines import HEADLINES, PARENTS
from foundation.clock import now, zone
from foundation.database.transactions import ActorSession
from foundation.sealing import keyed_digest, seal
from identity.access.enumerations import CareBasis, Scope
from identity.access.tables import CareRelation
from identity.delegations.enumerations import DelegationKind
from identity.delegations.rules.ages import represented_until, turns
from identity.delegations.rules.entering import evidence_digest
from identity.delegations.tables import Delegation
from identity.facilities.tables import Facility
from identity.patients.tables import SEALED_AS, Patient, PatientIdentifier
from identity.people.enumerations import Birth
from identity.people.rules.names import sort_key
from identity.people.rules.snils import SNILS_SYSTEM
from identity.staff.actions import known_by_columns
from identity.staff.tables import StaffMember, StaffPost

# When the centre was founded: from then on staff hold their posts and citizens are attached.
FOUNDED_AT = datetime(2009, 10, 1, 4, 0, tzinfo=UTC)
# Civil Code of Russia, article 21.
OF_AGE = 18


def load_population(session: ActorSession, region: Region) -> None:
    """Enter everybody and everything that the other rooms refer to."""
    _facilities(session, region)
    _staff(session, region)
    _citizens(session, region)
    _parents(session, region)


def _facilities(session: ActorSession, region: Region) -> None:
    rows = [
        {
            "id": each.id,
            "code": each.code,
            "kind": each.kind,
            "name_en": each.name.en,
            "name_ru": each.name.ru,
            "settlement_en": each.settlement.name.en,
            "settlement_ru": each.settlement.name.ru,
            "address_en": each.address.en,
            "address_ru": each.address.ru,
            "telephone": each.telephone,
            "latitude": each.latitude,
            "longitude": each.longitude,
            "connected": each.connected,
        }
        for each in region.facilities
    ]
    add_rows(session, Facility, rows)


def _staff(session: ActorSession, region: Region) -> None:
    members: list[Row] = []
    posts: list[Row] = []
    for each in (*region.staff, *region.further_staff):
        members.append(
            {
                "id": each.id,
                "family_name": each.name.family,
                "given_name": each.name.given,
                "middle_name": each.name.middle,
                "position_en": each.position.en,
                "position_ru": each.position.ru,
                **known_by_columns(each.snils, each.birth_date),
            }
        )
        posts += [
            {
                "id": numbered_id(kind, each.number),
                "staff_id": each.id,
                "facility_id": facility.id,
                "role": each.role,
                "began_at": FOUNDED_AT,
            }
            for kind, facility in zip(("post", "second post"), each.posts, strict=False)
        ]
    add_rows(session, StaffMember, members)
    add_rows(session, StaffPost, posts)


def _citizens(session: ActorSession, region: Region) -> None:
    people: list[Row] = []
    identifiers: list[Row] = []
    care: list[Row] = []
    audit: list[Row] = []
    for each in region.citizens:
        name = each.name
        people.append(
            {
                "id": each.id,
                "family_name": name.family,
                "given_name": name.given,
                "middle_name": name.middle,
                "birth_date": each.birth_date,
                "sex": each.sex,
                "sort_key": sort_key(name.family, name.given, name.middle),
            }
        )
        identifiers.append(
            {
                "id": numbered_id("identifier", each.number),
                "patient_id": each.id,
                "system": SNILS_SYSTEM,
                "value_digest": keyed_digest(each.snils),
                "value_sealed": seal(each.snils, SEALED_AS),
            }
        )
        care.append(
            {
                "id": numbered_id("care", each.number),
                "patient_id": each.id,
                "facility_id": each.home.id,
                "basis": CareBasis.ATTACHMENT,
                "began_at": FOUNDED_AT,
            }
        )
        audit.append(
            audit_row(act="patient.registered", patient_id=each.id, object_kind="patient", object_id=each.id)
        )
    add_rows(session, Patient, people)
    add_rows(session, PatientIdentifier, identifiers)
    add_rows(session, CareRelation, care)
    add_audit_rows(session, audit)


def _parents(session: ActorSession, region: Region) -> None:
    """Who opens the record of a child; of a region that has grown older, nobody does any more."""
    known = {each.name.family: each for each in region.story_people[: len(HEADLINES)]}
    rights: list[Row] = []
    audit: list[Row] = []
    for number, (parent, child) in enumerate(PARENTS):
        born, right = known[child].birth_date, numbered_id("delegation", number)
        ends_at = represented_until(Birth(born), OF_AGE, zone=zone())
        if ends_at <= now():
            continue
        rights.append(
            {
                "id": right,
                "patient_id": known[child].id,
                "delegate_id": known[parent].id,
                "kind": DelegationKind.PARENT,
                "scopes": [each.value for each in Scope],
                "began_at": turns(born, 0, zone=zone()),
                "ends_at": ends_at,
                "until_age": OF_AGE,
                "basis": "Birth certificate",
                "evidence_sha256": evidence_digest(right, "I-РА 000000"),
                "entered_at": turns(born, 0, zone=zone()),
            }
        )
        audit.append(
            audit_row(
                act="delegation.entered",
                patient_id=known[child].id,
                object_kind="delegation",
                object_id=right,
            )
        )
    if rights:
        session.execute(insert(Delegation), rights)
        add_audit_rows(session, audit)
