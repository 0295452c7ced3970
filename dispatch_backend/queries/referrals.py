"""Referrals, looked up through the person who asks."""

from uuid import UUID

from sqlalchemy import Select, func, select

from dispatch_backend.queries.bookings import bookings_of_referrals
from dispatch_backend.queries.cards import ReferralCard
from dispatch_backend.queries.history import steps_of
from dispatch_backend.rules.states import OPEN
from dispatch_backend.tables import Referral, Service, WaitingTerm
from foundation.bilingual import BilingualText
from foundation.database import ActorSession
from foundation.errors import NotFound
from identity.queries import access


def referrals_of(session: ActorSession, patient_id: UUID) -> list[ReferralCard]:
    """The patient's referrals with what happened to them, the newest first; none where it is not the reader's affair."""
    newest_first = (Referral.submitted_at.desc(), Referral.id.desc())
    asked = _referrals(session).where(Referral.patient_id == patient_id).order_by(*newest_first)
    return _cards(session, asked)


def referral_to_read(session: ActorSession, referral_id: UUID) -> ReferralCard:
    """One referral.

    Raises:
        NotFound: no such referral, or its patient is not in the reader's care.
    """
    found = _cards(session, _referrals(session).where(Referral.id == referral_id))
    if not found:
        raise NotFound("There is no such referral.")
    return found[0]


def referral_to_change(session: ActorSession, referral_id: UUID) -> Referral:
    """The referral, locked until the transaction ends.

    Raises:
        NotFound: no such referral, or its patient is not in the reader's care.
    """
    referral = session.scalar(
        select(Referral)
        .where(Referral.id == referral_id)
        .where(access.readable_by(session, Referral.patient_id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if referral is None:
        raise NotFound("There is no such referral.")
    return referral


def open_twin(session: ActorSession, *, patient_id: UUID, service_code: str) -> str | None:
    """The number of an open referral of the same patient to the same service."""
    return session.scalar(
        select(Referral.number)
        .where(Referral.patient_id == patient_id, Referral.service_code == service_code)
        .where(Referral.state.in_(OPEN))
        .where(access.readable_by(session, Referral.patient_id))
    )


def numbers_to_give(session: ActorSession, count: int) -> list[int]:
    """Running numbers for so many new referrals: drawn for the asker, so that nobody else gets them."""
    drawn = select(func.nextval("dispatch.referral_number")).select_from(func.generate_series(1, count))
    return list(session.scalars(drawn))


def _referrals(session: ActorSession) -> Select[Referral, Service, WaitingTerm]:
    return (
        select(Referral, Service, WaitingTerm)
        .join(Service, Service.code == Referral.service_code)
        .join(WaitingTerm, WaitingTerm.id == Referral.waiting_term_id)
        .where(access.readable_by(session, Referral.patient_id))
    )


def _cards(session: ActorSession, asked: Select[Referral, Service, WaitingTerm]) -> list[ReferralCard]:
    rows = session.execute(asked).all()
    ids = [referral.id for referral, _service, _term in rows]
    bookings = bookings_of_referrals(session, ids) if ids else {}
    steps = steps_of(session, ids) if ids else {}
    return [
        ReferralCard(
            id=referral.id,
            number=referral.number,
            patient_id=referral.patient_id,
            service=BilingualText(service.name_en, service.name_ru),
            service_code=service.code,
            service_kind=service.kind,
            priority=referral.priority,
            reason=referral.reason,
            diagnosis_code=referral.diagnosis_code,
            from_facility_id=referral.from_facility_id,
            referrer_id=referral.referrer_id,
            state=referral.state,
            version=referral.version,
            submitted_at=referral.submitted_at,
            due_on=referral.due_on,
            due_at=referral.due_at,
            legal_basis=BilingualText(term.basis_en, term.basis_ru),
            booking=bookings.get(referral.id),
            steps=steps.get(referral.id, []),
        )
        for referral, service, term in rows
    ]
