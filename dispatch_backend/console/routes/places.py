"""The places that could be thought of for a referral: which are offered, and what stands against the others."""

from uuid import UUID

from flask import Blueprint, render_template, request

from dispatch_backend.console.actions import open_places
from dispatch_backend.routing.forms import WHY_NOT_WORDS, OfferWords
from foundation.database.transactions import transaction
from identity.authorization import current_actor, open_to
from identity.roles import DISPATCHING

blueprint = Blueprint("places", __name__)


@blueprint.get("/referrals/<uuid:referral_id>/places")
@open_to(*DISPATCHING, reads=True)
def index(referral_id: UUID):
    with transaction(current_actor()) as session:
        view = open_places(session, referral_id)
    return render_template(
        "dispatch_backend/console/places/index.html",
        view=view,
        words=OfferWords(),
        why_not=WHY_NOT_WORDS,
        # Whoever came from the times to which a booking can be moved goes back to them.
        kept={"move": "y"} if request.args.get("move") == "y" else {},
    )
