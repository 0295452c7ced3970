"""A Patient resource in the import: the patient of ours it means, or a new one in the register."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from emr.content.rules.texts import sanitized_text
from emr.fhir_import.validation.bundles import Incoming
from emr.fhir_import.validation.refusals import BundleRefused
from foundation.database.transactions import ActorSession
from identity.patients.actions import Identifier, NewPatient, learn_birth, register_patient
from identity.patients.queries.patients import PatientCard, known_patient, normal_identifier, patient_card
from identity.people.enumerations import AdministrativeGender, Birth, PersonName

LONGEST_NAME = 200


def patient_for(session: ActorSession, incoming: Incoming) -> UUID:
    """The patient whom a Patient resource means, entered into the register if none of its identifiers is known.

    Raises:
        BundleRefused: the identifiers belong to several patients, or to one with another name and birth date;
            or what the register needs is missing.
    """
    person, where = incoming.resource, incoming.where
    identifiers = list(dict.fromkeys(_identifiers(incoming)))
    found = {known_patient(session, system=each.system, value=each.value) for each in identifiers} - {None}
    if len(found) > 1:
        raise BundleRefused(f"{where}.identifier", "belong to different patients of the register")
    name, born = _name(person, where), _birth(person, where)
    for patient_id in found:
        if patient_id is not None:
            known = patient_card(session, patient_id)
            _require_same_person(known, name, born, where)
            learn_birth(session, patient_id, known=known.birth, told=born)
            return patient_id
    sex = AdministrativeGender(person.get("gender", "unknown"))
    return register_patient(session, NewPatient(name, born, sex, identifiers)).id


def _identifiers(incoming: Incoming) -> Iterator[Identifier]:
    """The identifiers that a patient is found by again: those of the resource, and its identity at the source."""
    for each in incoming.resource.get("identifier") or []:
        system = sanitized_text(each.get("system"))
        # What stands for "has none" is left out: nobody is found by it again.
        value = normal_identifier(system, sanitized_text(each.get("value")))
        if system and value:
            yield Identifier(system, value)
    yield Identifier(incoming.source_system, incoming.source_identifier)


def _name(person: Mapping[str, Any], where: str) -> PersonName:
    """The official name, else the first."""
    named = [each for each in person.get("name") or [] if isinstance(each, Mapping)]
    official = [each for each in named if each.get("use") == "official"] or [
        each for each in named if each.get("use") not in ("maiden", "old", "nickname")
    ]
    chosen = (official or named or [{}])[0]
    family = sanitized_text(chosen.get("family")) or sanitized_text(chosen.get("text"))
    given = [sanitized_text(each) for each in chosen.get("given") or []]
    if not family:
        raise BundleRefused(
            f"{where}.name", "needs a family name: the register of patients has no nameless people"
        )
    return PersonName(
        family[:LONGEST_NAME], (given or [""])[0][:LONGEST_NAME], " ".join(given[1:])[:LONGEST_NAME]
    )


def _birth(person: Mapping[str, Any], where: str) -> Birth:
    try:
        return Birth.read(sanitized_text(person.get("birthDate")))
    except ValueError:
        raise BundleRefused(
            f"{where}.birthDate", "must be a date, or its year: the register of patients needs it"
        ) from None


def _require_same_person(known: PatientCard, name: PersonName, born: Birth, where: str) -> None:
    """An identifier alone is not trusted: the birth date, and one of the names, must say the same.

    A year says the same as a day within it.
    """
    if not known.birth.may_be(born):
        raise BundleRefused(f"{where}.birthDate", "differs from the patient whom the identifiers name")
    same = (
        known.family_name.casefold() == name.family.casefold()
        or known.given_name.casefold() == name.given.casefold()
    )
    if not same:
        raise BundleRefused(f"{where}.name", "differs from the patient whom the identifiers name")
