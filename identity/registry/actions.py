"""The registrar looks, and answers who asked: that somebody was listed, found or linked leaves its line."""

from uuid import UUID

from foundation import audit
from foundation.database.transactions import ActorSession
from foundation.errors import BadInput, RuleBroken
from foundation.identifiers import new_id
from foundation.reading_pace import count_reading
from identity.confirmations.actions import confirm_identity, give_code
from identity.confirmations.rules import OneTimeCode, SeenDocument
from identity.patients.queries.identities import WholeIdentity, patients_with_identity
from identity.patients.queries.patients import PatientCard
from identity.people.rules.snils import SNILS_SYSTEM
from identity.record_requests.actions import note_linked, refuse_request
from identity.record_requests.enumerations import RefusalReason
from identity.record_requests.queries import request_to_answer
from identity.registry.queries import (
    OpenedRequest,
    RegistryDesk,
    RegistryPatient,
    candidates_for,
    registry_desk,
    registry_patient,
)
from identity.second_factors.enumerations import Occasion
from identity.second_factors.queries.demands import require_second_factor
from identity.staff.queries import is_own_identifier, require_record_of_another


def open_registry(session: ActorSession) -> RegistryDesk:
    """Who waits at the reader's facility to be identified."""
    desk = registry_desk(session)
    audit.record_listed(
        session,
        act="patients.provisional_listed",
        object_kind="patient",
        shown=[(each.id, each.id) for each in desk.provisional],
    )
    return desk


def look_up_identity(session: ActorSession, asked: WholeIdentity) -> list[PatientCard]:
    """Patients in the care of the reader's facility who are exactly so; each finds it in their list of accesses."""
    count_reading(session, new_id())
    found = patients_with_identity(session, asked)
    audit.record_many(
        session,
        act="patient.found",
        object_kind="patient",
        done_to=[(each.id, each.id) for each in found],
    )
    return found


def open_request(session: ActorSession, request_id: UUID) -> OpenedRequest:
    """Who asks, and whom they may be. Raises NotFound."""
    request = request_to_answer(session, request_id)
    candidates = candidates_for(session, request.person)
    audit.record(
        session,
        act="record_request.opened",
        patient_id=None,
        object_kind="record_request",
        object_id=request_id,
    )
    audit.record_listed(
        session,
        act="patient.found",
        object_kind="patient",
        shown=[(each.patient.id, each.patient.id) for each in candidates],
    )
    return OpenedRequest(request, candidates)


def link_request(session: ActorSession, request_id: UUID, *, patient_id: UUID, seen: SeenDocument) -> UUID:
    """Link the account that asks to one of the candidates, whose document was seen.

    Raises:
        NotFound: no such request, or it was answered.
        BadInput: the patient is none of its candidates.
        SecondFactorNeeded: the actor must first prove anew that it is they.
        RuleBroken: it is the actor's own record, or the actor who asks; the account or the patient is somebody's already, or the patient has died.
    """
    request = request_to_answer(session, request_id)
    if patient_id not in {each.patient.id for each in candidates_for(session, request.person)}:
        raise BadInput("Choose one of the people found.")
    require_record_of_another(session, patient_id)
    asking = request.person.snils if request.person else ""
    if asking and is_own_identifier(session, asking, system=SNILS_SYSTEM):
        raise RuleBroken("You ask for this yourself: another registrar must answer.")
    require_second_factor(session, Occasion.OPENING)
    confirmation_id = confirm_identity(
        session, account_id=request.account_id, patient_id=patient_id, seen=seen, request_id=request_id
    )
    note_linked(session, request)
    return confirmation_id


def hand_over_code(session: ActorSession, patient_id: UUID, seen: SeenDocument) -> tuple[UUID, OneTimeCode]:
    """A code for the person whose document the actor has seen, told here once.

    Raises:
        NotFound: the patient is not one whom the actor may know.
        SecondFactorNeeded: the actor must first prove anew that it is they.
        RuleBroken: it is the actor's own record, or the patient has died.
    """
    require_record_of_another(session, patient_id)
    require_second_factor(session, Occasion.OPENING)
    return give_code(session, patient_id, seen)


def answer_no(session: ActorSession, request_id: UUID, *, reason: RefusalReason) -> UUID:
    """Link nothing, and say why. Raises NotFound: no such request, or it was answered."""
    refuse_request(session, request_to_answer(session, request_id), reason=reason)
    return request_id


def open_registry_patient(session: ActorSession, patient_id: UUID) -> RegistryPatient:
    """One patient's name, birth and links. Raises NotFound."""
    found = registry_patient(session, patient_id)
    audit.record(
        session, act="patient.opened", patient_id=patient_id, object_kind="patient", object_id=patient_id
    )
    return found
