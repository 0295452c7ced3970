"""Opening a proof, and taking one along as a file: each is an access that the patient is told of."""

from uuid import UUID

from dispatch_backend.bookings.queries.referral_cards import open_record_of_referral
from dispatch_backend.proofs.queries import Proof, proof_of
from foundation import audit
from foundation.clock import now
from foundation.database.transactions import ActorSession


def open_proof(session: ActorSession, referral_id: UUID, *, only_own: bool = False) -> Proof:
    """The proof of one referral as it stands now, to be looked at.

    Args:
        only_own: only where the reader sent the referral.

    Raises:
        NotFound: no such referral, or it is not the reader's affair.
    """
    return _noted(session, referral_id, act="proof.opened", only_own=only_own)


def export_proof(session: ActorSession, referral_id: UUID, *, only_own: bool = False) -> Proof:
    """The same, to be taken along. Raises NotFound like `open_proof`."""
    return _noted(session, referral_id, act="proof.exported", only_own=only_own)


def _noted(session: ActorSession, referral_id: UUID, *, act: str, only_own: bool) -> Proof:
    open_record_of_referral(session, referral_id)
    proof = proof_of(session, referral_id, at=now(), only_own=only_own)
    audit.record(session, act=act, patient_id=proof.patient.id, object_kind="referral", object_id=proof.id)
    return proof
