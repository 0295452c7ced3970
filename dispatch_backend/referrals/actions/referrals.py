"""Sending a referral, and revoking it."""

from dataclasses import dataclass, field, replace
from uuid import UUID, uuid5

from sqlalchemy.exc import IntegrityError

from dispatch_backend.referrals.actions.care import update_center_care_period
from dispatch_backend.referrals.actions.constraint_errors import refusal_for
from dispatch_backend.referrals.actions.transitions import apply_transition
from dispatch_backend.referrals.enumerations import Act, State
from dispatch_backend.referrals.queries.referrals import (
    duplicate_open_referral,
    own_referral_rows,
    referral_rows,
    referral_to_change,
    reserve_referral_numbers,
)
from dispatch_backend.referrals.rules import changes
from dispatch_backend.referrals.rules.numbers import referral_number
from dispatch_backend.referrals.tables.referrals import Referral
from dispatch_backend.services.enumerations import DiagnosisCode, Priority
from dispatch_backend.services.queries import service_by_code, term_from_now
from foundation import outbox
from foundation.clock import now, zone
from foundation.database.transactions import ActorSession
from foundation.errors import NotAllowed, RuleBroken
from foundation.identifiers import new_id
from identity.patients.queries.patients import patient_card


@dataclass(frozen=True, slots=True)
class NewReferral:
    """What a referrer asks for. `id` is the identity that the referral will have: under one, a referrer sends it once.

    Where somebody else's stands under it, as where two share a desk, the referral gets one of its referrer's own.
    """

    service_code: str
    reason: str
    diagnosis_code: str
    priority: Priority
    id: UUID = field(default_factory=new_id)


def send_referral(session: ActorSession, patient_id: UUID, asked: NewReferral) -> Referral:
    """Refer a patient in the referrer's care; the legal day is reckoned and frozen now.

    Raises:
        NotFound: no such patient in the referrer's care, or no such service.
        BadInput: the diagnosis code is not one of ICD-10.
        RuleBroken: no reason given; it is sent, or the same is asked for already; no legal term is in force.
        NotAllowed: the role does not refer.
    """
    patient_card(session, patient_id)
    changes.require_reason(asked.reason)
    asked = replace(asked, id=_free_identity(session, asked.id))
    diagnosis_code = DiagnosisCode(asked.diagnosis_code.strip())
    known = duplicate_open_referral(session, patient_id=patient_id, service_code=asked.service_code)
    if known:
        raise RuleBroken(
            "The patient already has an open referral for this service: number %(number)s.", number=known
        )
    referral = _new_referral(session, patient_id, replace(asked, diagnosis_code=diagnosis_code))
    try:
        apply_transition(session, referral, Act.SENT, at=referral.submitted_at)
    except IntegrityError as fault:  # a second sending at the same moment
        raise refusal_for(fault) from fault
    outbox.announce(session, "referral.sent", {"patient_id": str(patient_id), "object_id": str(referral.id)})
    update_center_care_period(session, patient_id, at=referral.submitted_at)
    return referral


def _free_identity(session: ActorSession, referral_id: UUID) -> UUID:
    """That identity, or the referrer's own where another's referral has it. Raises RuleBroken: theirs is sent."""
    # Always the same one, so that what is sent twice still makes one referral.
    own_id = uuid5(referral_id, str(session.actor.staff_id))
    if any(session.scalar(own_referral_rows(session, each)) for each in (referral_id, own_id)):
        raise RuleBroken("This referral is sent already. For another one, open the form anew.")
    return own_id if session.scalar(referral_rows(session, referral_id)) else referral_id


def revoke_referral(
    session: ActorSession, referral_id: UUID, *, reason: str, version: int | None = None
) -> Referral:
    """Revoke a referral that holds no booking, with a reason.

    Args:
        version: of the referral as the actor saw it, where that is known.

    Raises:
        NotFound: no such referral in the actor's care.
        RuleBroken: it holds a booking or is closed; no reason given.
        Stale: the referral has changed since the actor saw it.
    """
    at = now()
    referral = referral_to_change(session, referral_id)
    changes.require_unchanged(expected_version=version, version=referral.version)
    changes.require_reason(reason)
    if referral.state is State.BOOKED:
        raise RuleBroken("The referral is booked: cancel its booking first.")
    apply_transition(session, referral, Act.REVOKED, at=at, reason=reason.strip())
    update_center_care_period(session, referral.patient_id, at=at)
    return referral


def _new_referral(session: ActorSession, patient_id: UUID, asked: NewReferral) -> Referral:
    actor = session.actor
    # An unknown service is refused in words of its own.
    service_by_code(session, asked.service_code)
    term = term_from_now(session, asked.service_code, asked.priority)
    if actor.facility_id is None or actor.staff_id is None:
        raise NotAllowed("Other members of staff do this step.")
    return Referral(
        id=asked.id,
        number=referral_number(term.sent_at.astimezone(zone()).year, reserve_referral_numbers(session, 1)[0]),
        patient_id=patient_id,
        from_facility_id=actor.facility_id,
        referrer_id=actor.staff_id,
        service_code=asked.service_code,
        reason=asked.reason.strip(),
        diagnosis_code=asked.diagnosis_code,
        priority=asked.priority,
        submitted_at=term.sent_at,
        due_on=term.due_on,
        due_at=term.due_at,
        waiting_term_id=term.waiting_term_id,
        version=0,
    )
