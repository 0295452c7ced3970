"""The proof of one referral, at the desk of those who dispatch."""

from uuid import UUID

from flask import Blueprint, render_template

from dispatch_backend.proofs.actions import open_proof
from dispatch_backend.proofs.sheet import sheet_of
from foundation.database.transactions import transaction
from identity.authorization import current_actor, open_to
from identity.roles import DISPATCHING

blueprint = Blueprint("proofs", __name__)


@blueprint.get("/referrals/<uuid:referral_id>/proof")
@open_to(*DISPATCHING, reads=True)
def show(referral_id: UUID):
    with transaction(current_actor()) as session:
        proof = open_proof(session, referral_id)
    return render_template(
        "dispatch_backend/proofs/proofs/show.html", sheet=sheet_of(proof), referral_id=referral_id
    )
