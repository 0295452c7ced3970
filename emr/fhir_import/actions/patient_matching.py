"""A Patient resource in the import: the patient of ours it means, or a new one in the register."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from emr.content.rules.texts import sanitized_text
from emr.fhir_import.actions.conflicts import note_confirmed, raise_conflict
from emr.fhir_import.enumerations import ConflictKind
from emr.fhir_import.validation.bundles import Incoming, IncomingBundle
from emr.fhir_import.validation.refusals import BundleRefused, PatientConflict
from foundation.database.transactions import ActorSession
from identity.patients.actions import Identifier, NewPatient, learn_birth, learn_person, register_patient
from identity.patients.queries.patients import PatientCard, known_patient, normal_identifier, patient_card
from identity.people.enumerations import AdministrativeGender, Birth, PersonName

LONGEST_NAME = 200
# Who answers what a later version of the same resource has answered, and how: it stands where a person's name and reason do.
BY_ITSELF = "import-fhir"
TOLD_SINCE = "A later version of the same resource tells who they are."


def patient_for(session: ActorSession, incoming: Incoming, *, registered: set[UUID]) -> UUID:
    """The patient whom a Patient resource means, entered into the register if none of its identifiers is known.

    Of whom less is told than the register asks for, they are entered as provisional, for a person to confirm.

    Args:
        registered: those whom the same bundle has entered, and who is entered now.

    Raises:
        PatientConflict: the identifiers belong to one with another birth date, or with another name.
        BundleRefused: they belong to several patients, or to one with another name and birth date.
    """
    person, where = incoming.resource, incoming.where
    identifiers = list(dict.fromkeys(_identifiers(incoming)))
    found = {known_patient(session, system=each.system, value=each.value) for each in identifiers} - {None}
    if len(found) > 1:
        raise BundleRefused(f"{where}.identifier", "belong to different patients of the register")
    told = NewPatient(_name(person), _birth(person, where), _sex(person), identifiers)
    for patient_id in found:
        if patient_id is not None:
            known = patient_card(session, patient_id)
            if patient_id in registered and _is_own(session, incoming, patient_id):
                # A later version of the resource that they were entered by, in the same bundle.
                _learned(session, known, told, incoming)
                return patient_id
            _require_same_person(known, told, where, entered_now=patient_id in registered)
            learn_birth(session, patient_id, known=known.birth, told=told.birth)
            return patient_id
    entered = _registered(session, told, incoming)
    registered.add(entered)
    return entered


def _is_own(session: ActorSession, incoming: Incoming, patient_id: UUID) -> bool:
    own = known_patient(session, system=incoming.source_system, value=incoming.source_identifier)
    return own == patient_id


def _is_provisional(told: NewPatient) -> bool:
    return not told.name.family or not told.birth.exact


def _registered(session: ActorSession, told: NewPatient, incoming: Incoming) -> UUID:
    provisional = _is_provisional(told)
    patient_id = register_patient(session, replace(told, provisional=provisional)).id
    if provisional:
        _ask_to_confirm(session, patient_id, told, incoming)
    return patient_id


def _learned(session: ActorSession, known: PatientCard, told: NewPatient, incoming: Incoming) -> None:
    """Take up a later version of who somebody is; one that tells less of the birth contradicts nothing."""
    more_exact = known.birth.last - known.birth.first < told.birth.last - told.birth.first
    if more_exact and known.birth.may_be(told.birth):
        told = replace(told, birth=known.birth)
    provisional = _is_provisional(told)
    learn_person(session, known.id, name=told.name, birth=told.birth, provisional=provisional)
    if provisional and not known.provisional:
        _ask_to_confirm(session, known.id, told, incoming)
    if known.provisional and not provisional:
        note_confirmed(session, known.id, reason=TOLD_SINCE, by=BY_ITSELF)


def _ask_to_confirm(session: ActorSession, patient_id: UUID, told: NewPatient, incoming: Incoming) -> None:
    lacking = PatientConflict(
        incoming.where,
        "tells less than the register asks for",
        patient_id=patient_id,
        kind=ConflictKind.PROVISIONAL,
        told_of_person=_as_told(told),
    )
    raise_conflict(session, lacking, IncomingBundle(()), facility_id=None)


def _identifiers(incoming: Incoming) -> Iterator[Identifier]:
    """The identifiers that a patient is found by again: those of the resource, and its identity at the source."""
    for each in incoming.resource.get("identifier") or []:
        system = sanitized_text(each.get("system"))
        # What stands for "has none" is left out: nobody is found by it again.
        value = normal_identifier(system, sanitized_text(each.get("value")))
        if system and value:
            yield Identifier(system, value)
    yield Identifier(incoming.source_system, incoming.source_identifier)


def _name(person: Mapping[str, Any]) -> PersonName:
    """The official name, else the first; of some nobody knows the family name, and of some no name."""
    named = [each for each in person.get("name") or [] if isinstance(each, Mapping)]
    official = [each for each in named if each.get("use") == "official"] or [
        each for each in named if each.get("use") not in ("maiden", "old", "nickname")
    ]
    chosen = (official or named or [{}])[0]
    given = [sanitized_text(each) for each in chosen.get("given") or []]
    family = sanitized_text(chosen.get("family")) or ("" if given else sanitized_text(chosen.get("text")))
    return PersonName(
        family[:LONGEST_NAME], (given or [""])[0][:LONGEST_NAME], " ".join(given[1:])[:LONGEST_NAME]
    )


def _birth(person: Mapping[str, Any], where: str) -> Birth:
    written = sanitized_text(person.get("birthDate"))
    if not written:
        return Birth.unknown()
    try:
        return Birth.read(written)
    except ValueError:
        raise BundleRefused(f"{where}.birthDate", "must be a date, its month or its year") from None


def _sex(person: Mapping[str, Any]) -> AdministrativeGender:
    return AdministrativeGender(person.get("gender", "unknown"))


def _require_same_person(known: PatientCard, told: NewPatient, where: str, *, entered_now: bool) -> None:
    """An identifier alone is not trusted: the birth date, and one of the names, must say the same.

    A year says the same as a day within it. Where one of both is said otherwise, a person decides; where both are, it is
    somebody else.
    """
    same_birth = known.birth.may_be(told.birth)
    same_name = _same(known.family_name, told.name.family) or _same(known.given_name, told.name.given)
    if same_birth and (same_name or not (told.name.family or told.name.given)):
        return
    if not same_birth and not same_name:
        raise BundleRefused(
            f"{where}.birthDate", "and the name differ from the patient whom the identifiers name"
        )
    if entered_now:
        # Nobody can decide on somebody who is not in the register yet.
        raise BundleRefused(where, "differs from what another resource tells of the same patient")
    place, kind = ("name", ConflictKind.NAME) if same_birth else ("birthDate", ConflictKind.BIRTH_DATE)
    raise PatientConflict(
        f"{where}.{place}",
        "differs from the patient whom the identifiers name",
        patient_id=known.id,
        kind=kind,
        told_of_person=_as_told(told),
    )


def _same(known: str, told: str) -> bool:
    return bool(known) and known.casefold() == told.casefold()


def _as_told(told: NewPatient) -> dict[str, str]:
    name = told.name
    return {
        "family": name.family,
        "given": name.given,
        "middle": name.middle,
        "birth": str(told.birth),
        "sex": told.sex.value,
    }
