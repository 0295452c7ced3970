"""Signing in ends: the browser is back from the provider, and is somebody we know, or not."""

from http import HTTPStatus

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from foundation import logs
from foundation.actor import Actor
from foundation.clock import now
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from identity.authorization import current_actor, public
from identity.providers.refusals import ProviderDown, SignInRefused
from identity.providers.relying_party import Arrival, RelyingParty
from identity.signing_in.actions.sign_ins import take_sign_in
from identity.signing_in.routes.login_completion import welcome_citizen, welcome_staff
from identity.signing_in.routes.rate_limits import FAILURES, visitor
from identity.signing_in.routes.sign_in_sides import Door, first_page_of, providers, this_door

blueprint = Blueprint("callbacks", __name__)
staff_blueprint = Blueprint("staff_callbacks", __name__, url_prefix="/staff")


@blueprint.get("/sign-in/<provider>/callback")
@staff_blueprint.get("/sign-in/<provider>/callback")
@public
def show(provider: str):
    door = this_door()
    party = providers().named(provider, door.audience)
    FAILURES.require(visitor())
    try:
        arrival = _finish(door, party)
    except (SignInRefused, ProviderDown) as fault:
        FAILURES.note(visitor())
        logs.event("sign_in.refused", provider=provider, fault=fault.reason)
        return _refused(door, fault)
    welcome = (welcome_staff if door.staff else welcome_citizen)(
        provider, arrival, instead_of=current_actor()
    )
    if welcome is None:
        logs.event("sign_in.unknown", provider=provider)
        return _unknown(door)
    answer = redirect(
        first_page_of(welcome.role) if welcome.role else url_for("identity.posts.new"), HTTPStatus.SEE_OTHER
    )
    door.set_session(answer, welcome.token)
    door.forget_attempt(answer)
    return answer


def _finish(door: Door, party: RelyingParty) -> Arrival:
    """Take the sign-in that this browser began, then ask the provider: never inside a transaction."""
    browser, states = request.cookies.get(door.attempt_cookie, ""), request.args.getlist("state")
    if not browser or len(states) != 1:
        raise SignInRefused("callback.state")
    with transaction(Actor.anonymous()) as session:
        attempt = take_sign_in(session, provider=party.profile.name, browser=browser, state=states[0])
    if attempt is None:
        raise SignInRefused("callback.state")
    return party.arrive(
        request.args.to_dict(flat=False),
        nonce=attempt.nonce,
        code_verifier=attempt.code_verifier,
        redirect_uri=door.public_address("callbacks", "show", provider=party.profile.name),
        at=now(),
    )


def _refused(door: Door, fault: Refusal) -> Response:
    answer = make_response(_page("refused", door, fault=fault), fault.status)
    door.forget_attempt(answer)
    return answer


def _unknown(door: Door) -> Response:
    """One page for every reason why nobody was found: it must not tell which."""
    answer = make_response(_page("unknown", door), HTTPStatus.FORBIDDEN)
    door.forget_attempt(answer)
    return answer


def _page(name: str, door: Door, **values: object) -> str:
    """A page at the callback's address, which holds a code: a change of language leads to the beginning instead."""
    back = door.address("sign_ins", "new")
    return render_template(
        f"identity/signing_in/callbacks/{name}.html", door=door, language_back=back, **values
    )
