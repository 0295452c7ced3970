"""Signing out ends both sides: our session at once, then the provider's, and back to a calm page."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template

from foundation.actor import Actor
from foundation.database.transactions import transaction
from identity.authorization import current_actor, public
from identity.sessions.actions.sessions import end_session
from identity.sessions.queries.provider_sessions import ProviderSession, own_provider_session
from identity.signing_in.routes.sign_in_sides import SignInSide, current_side, providers

# Cookies stay out of it: the reader's language is one, and the session's is deleted by name.
CLEARED = '"cache", "storage"'

blueprint = Blueprint("sign_outs", __name__)
staff_blueprint = Blueprint("staff_sign_outs", __name__, url_prefix="/staff")


@blueprint.post("/sign-out")
@staff_blueprint.post("/sign-out")
@public
def create():
    side, actor = current_side(), current_actor()
    at_provider = _end(actor, actor.session_id) if actor.session_id else None
    answer = redirect(_address_after_sign_out(side, at_provider), HTTPStatus.SEE_OTHER)
    side.forget_session(answer)
    answer.headers["Clear-Site-Data"] = CLEARED
    return answer


@blueprint.get("/signed-out")
@staff_blueprint.get("/signed-out")
@public
def show():
    return render_template("identity/signing_in/sign_outs/show.html", side=current_side())


def _end(actor: Actor, session_id: UUID) -> ProviderSession:
    with transaction(actor) as session:
        at_provider = own_provider_session(session)
        end_session(session, session_id, reason="signed out")
    return at_provider


def _address_after_sign_out(side: SignInSide, at_provider: ProviderSession | None) -> str:
    """The provider's own way out; our page where there is none, or where the provider is away."""
    party = providers().by_name.get(at_provider.provider) if at_provider else None
    address = None
    if party is not None and at_provider is not None:
        post_logout_redirect_uri = side.public_address("sign_outs", "show")
        address = party.end_session_url(
            id_token=at_provider.id_token, post_logout_redirect_uri=post_logout_redirect_uri
        )
    return address or side.address("sign_outs", "show")
