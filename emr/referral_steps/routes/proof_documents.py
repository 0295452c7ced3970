"""The same as a file to take along. It is set after the transaction has ended."""

from uuid import UUID

from flask import Blueprint

from dispatch_backend.proofs.actions import export_proof
from dispatch_backend.proofs.paper import pdf_of
from foundation.database.transactions import transaction
from foundation.web.pdf_answers import pdf_answer
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("proof_documents", __name__)


@blueprint.get("/referrals/<uuid:referral_id>/proof/document")
@open_to(Role.DOCTOR, reads=True)
def show(referral_id: UUID):
    with transaction(current_actor()) as session:
        proof = export_proof(session, referral_id, only_own=True)
    return pdf_answer(pdf_of(proof), file_name=f"{proof.number}.pdf")
