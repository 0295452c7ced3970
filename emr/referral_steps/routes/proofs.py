"""How a referral was dealt with, for the doctor who sent it and nobody else at the chart."""

from uuid import UUID

from flask import Blueprint, render_template

from dispatch_backend.proofs.actions import open_proof
from dispatch_backend.proofs.sheet import sheet_of
from foundation.database.transactions import transaction
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("proofs", __name__)


@blueprint.get("/referrals/<uuid:referral_id>/proof")
@open_to(Role.DOCTOR, reads=True)
def show(referral_id: UUID):
    with transaction(current_actor()) as session:
        proof = open_proof(session, referral_id, only_own=True)
    return render_template("emr/referral_steps/proofs/show.html", sheet=sheet_of(proof), proof=proof)
