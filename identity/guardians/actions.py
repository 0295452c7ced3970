"""Entering the guardian of an adult by a document that was seen, and ending it."""

from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import JSONB, insert

from foundation import audit
from foundation.clock import now, today, zone
from foundation.database.transactions import ActorSession
from foundation.errors import RuleBroken
from foundation.identifiers import new_id
from foundation.outbox import announce
from foundation.reading_pace import count_reading
from foundation.sealing import seal
from identity.delegations.actions import NewDelegation, enter_delegation
from identity.delegations.enumerations import DelegationKind
from identity.delegations.queries import age_limits
from identity.delegations.tables import DelegationEnd
from identity.guardians.enumerations import GuardianEndReason
from identity.guardians.queries import (
    GuardiansOfPatient,
    guardians_of_patient,
    guardianship_to_end,
    has_living_guardian,
)
from identity.guardians.rules import (
    SeenPaper,
    over_at,
    require_adults,
    require_capable_guardian,
    require_paper,
    require_two,
)
from identity.guardians.tables import SEALED_AS, Guardianship
from identity.patients.queries.identities import WholeIdentity, patients_with_identity
from identity.patients.queries.patients import PatientCard, patient_card, sexes_and_births
from identity.second_factors.enumerations import Occasion
from identity.second_factors.queries.demands import require_second_factor
from identity.staff.queries import require_record_of_another

ENTERED, ENDED = "guardian.entered", "guardian.ended"


def open_guardians(session: ActorSession, patient_id: UUID) -> GuardiansOfPatient:
    """A patient's guardians, with the papers. Raises NotFound."""
    found = guardians_of_patient(session, patient_id)
    _record(session, "guardians.opened", patient_id, patient_id)
    return found


def enter_guardian(session: ActorSession, patient_id: UUID, *, snils: str, paper: SeenPaper) -> UUID:
    """Let whoever has this SNILS act for the patient, as the paper says that the actor has seen.

    Where a court found the patient incapable, whatever rights they gave or hold by their own will end (Civil Code, article 188, part 1).

    Raises:
        NotFound: the patient is not one whom the actor may know.
        SecondFactorNeeded: the actor must first prove anew that it is they.
        RuleBroken: one of the two is the actor; nobody in the care of the actor's facility has this number; one of the two is a child or has died; a guardian acts for the guardian; the paper is
            not valid, or too long.
    """
    ward, guardian = patient_card(session, patient_id), _guardian_with(session, snils)
    require_two(ward.id, guardian.id)
    require_record_of_another(session, ward.id, guardian.id)
    require_second_factor(session, Occasion.OPENING)
    require_capable_guardian(is_ward=has_living_guardian(session, guardian.id))
    if ward.death or guardian.death:
        raise RuleBroken("The register says that one of the two has died.")
    require_paper(paper, today=today())
    births = {key: each.birth for key, each in sexes_and_births(session, [ward.id, guardian.id]).items()}
    limits = age_limits(session, on=today())
    require_adults(ward=births[ward.id], guardian=births[guardian.id], limits=limits, at=now(), zone=zone())
    ends_at = over_at(paper.last_day, zone=zone())
    new = NewDelegation(
        patient_id=ward.id,
        delegate_id=guardian.id,
        kind=DelegationKind.GUARDIAN,
        basis=paper.basis.value,
        ends_at=ends_at,
    )
    right_id = enter_delegation(session, new)
    session.connection().execute(
        insert(Guardianship).inline(),
        {
            "id": right_id,
            "patient_id": ward.id,
            "delegate_id": guardian.id,
            "document_kind": paper.kind,
            "number_sealed": seal(paper.number, SEALED_AS),
            "issuer": paper.issuer,
            "issued_on": paper.issued_on,
            "ends_at": ends_at,
            "basis": paper.basis,
            "staff_id": session.actor.staff_id,
            "facility_id": session.actor.facility_id,
        },
    )
    _record(session, ENTERED, guardian.id, right_id)
    # A definer function: a registrar sees no rights but those of guardians (docs/decisions/0002-doorkeeper.md).
    over = session.scalars(func.identity.end_rights_of_incapable(right_id, type_=JSONB())).one()
    for represented, delegation_id in over:
        _record(session, "delegation.ended", UUID(represented), UUID(delegation_id))
    _tell(session, ENTERED, right_id, ward.id, guardian.id)
    return right_id


def end_guardian(
    session: ActorSession, patient_id: UUID, guardianship_id: UUID, *, reason: GuardianEndReason
) -> UUID:
    """The guardian acts no more, and is signed out where they do; ended twice changes nothing.

    Raises:
        NotFound: none of this patient's, or the patient is not one whom the actor may know.
        RuleBroken: one of the two is the actor.
    """
    found = guardianship_to_end(session, patient_id, guardianship_id)
    require_record_of_another(session, found.patient_id, found.delegate_id)
    ended = session.connection().execute(
        insert(DelegationEnd).on_conflict_do_nothing(),
        {
            "delegation_id": found.id,
            "patient_id": found.patient_id,
            "delegate_id": found.delegate_id,
            "reason": reason.value,
        },
    )
    if ended.rowcount:
        _record(session, "delegation.ended", found.patient_id, found.id)
        _record(session, ENDED, found.delegate_id, found.id)
        _tell(session, ENDED, found.id, found.patient_id, found.delegate_id)
    return guardianship_id


def _guardian_with(session: ActorSession, snils: str) -> PatientCard:
    """Found as the desk finds people, who each read of it."""
    count_reading(session, new_id())
    found = patients_with_identity(session, WholeIdentity(snils=snils))
    audit.record_many(
        session, act="patient.found", object_kind="patient", done_to=[(each.id, each.id) for each in found]
    )
    if len(found) != 1:
        raise RuleBroken(
            "Nobody in the care of your facility has this SNILS. The guardian must be known here first."
        )
    return found[0]


def _tell(session: ActorSession, topic: str, right_id: UUID, *people: UUID) -> None:
    for each in people:
        announce(session, topic, {"patient_id": str(each), "object_id": str(right_id)})


def _record(session: ActorSession, act: str, patient_id: UUID, object_id: UUID) -> None:
    audit.record(session, act=act, patient_id=patient_id, object_kind="delegation", object_id=object_id)
