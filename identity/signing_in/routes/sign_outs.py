"""Signing out ends both sides: our session at once, then the provider's, and back to a calm page."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template

from foundation.actor import Actor
from foundation.database.transactions import transaction
from identity.authorization import current_actor, public
from identity.sessions.actions.sessions import end_session
from identity.sessions.queries.provider_sides import ProviderSide, own_provider_side
from identity.signing_in.routes.sign_in_sides import Door, providers, this_door

# Cookies stay out of it: the reader's language is one, and the session's is deleted by name.
CLEARED = '"cache", "storage"'

blueprint = Blueprint("sign_outs", __name__)
staff_blueprint = Blueprint("staff_sign_outs", __name__, url_prefix="/staff")


@blueprint.post("/sign-out")
@staff_blueprint.post("/sign-out")
@public
def create():
    door, actor = this_door(), current_actor()
    side = _end(actor, actor.session_id) if actor.session_id else None
    answer = redirect(_farewell(door, side), HTTPStatus.SEE_OTHER)
    door.forget_session(answer)
    answer.headers["Clear-Site-Data"] = CLEARED
    return answer


@blueprint.get("/signed-out")
@staff_blueprint.get("/signed-out")
@public
def show():
    return render_template("identity/signing_in/sign_outs/show.html", door=this_door())


def _end(actor: Actor, session_id: UUID) -> ProviderSide:
    with transaction(actor) as session:
        side = own_provider_side(session)
        end_session(session, session_id, reason="signed out")
    return side


def _farewell(door: Door, side: ProviderSide | None) -> str:
    """The provider's own way out; our page where there is none, or where the provider is away."""
    party = providers().by_name.get(side.provider) if side else None
    address = None
    if party is not None and side is not None:
        back_to = door.public_address("sign_outs", "show")
        address = party.farewell_address(id_token=side.id_token, back_to=back_to)
    return address or door.address("sign_outs", "show")
