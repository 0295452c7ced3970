"""How one of the citizen's own referrals was dealt with, for a complaint."""

from uuid import UUID

from flask import Blueprint, render_template

from dispatch_backend.proofs.actions import open_proof
from dispatch_backend.proofs.sheet import sheet_of
from foundation.database.transactions import transaction
from identity.access.enumerations import Scope
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("proofs", __name__)


@blueprint.get("/my/referrals/<uuid:referral_id>/proof")
@open_to(Role.PATIENT, scope=Scope.BOOKINGS)
def show(referral_id: UUID):
    with transaction(current_actor()) as session:
        proof = open_proof(session, referral_id)
    return render_template("portal/dispatch/proofs/show.html", sheet=sheet_of(proof), proof=proof)
