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
from identity.providers.relying_party import CompletedSignIn, RelyingParty
from identity.signing_in.actions.sign_ins import consume_sign_in
from identity.signing_in.routes.login_completion import sign_in_citizen, sign_in_staff
from identity.signing_in.routes.rate_limits import FAILURES, client_address
from identity.signing_in.routes.sign_in_sides import SignInSide, current_side, first_page_of, providers

blueprint = Blueprint("callbacks", __name__)
staff_blueprint = Blueprint("staff_callbacks", __name__, url_prefix="/staff")


@blueprint.get("/sign-in/<provider>/callback")
@staff_blueprint.get("/sign-in/<provider>/callback")
@public
def show(provider: str):
    side = current_side()
    party = providers().named(provider, side.audience)
    FAILURES.check(client_address())
    try:
        completed = _finish(side, party)
    except (SignInRefused, ProviderDown) as fault:
        if request.cookies.get(side.attempt_cookie):
            # Only what a browser began here: pictures on a foreign page must not use up what a clinic may fail.
            FAILURES.record(client_address())
        logs.event("sign_in.refused", provider=provider, fault=fault.reason)
        return _refused(side, fault)
    started = (sign_in_staff if side.staff else sign_in_citizen)(
        provider, completed, previous=current_actor()
    )
    if started is None:
        logs.event("sign_in.unknown", provider=provider)
        return _unknown(side)
    answer = redirect(
        first_page_of(started.role) if started.role else url_for("identity.posts.new"), HTTPStatus.SEE_OTHER
    )
    side.set_session(answer, started.token)
    side.forget_attempt(answer)
    return answer


def _finish(side: SignInSide, party: RelyingParty) -> CompletedSignIn:
    """Take the sign-in that this browser began, then ask the provider: never inside a transaction."""
    browser, states = request.cookies.get(side.attempt_cookie, ""), request.args.getlist("state")
    if not browser or len(states) != 1:
        raise SignInRefused("callback.state")
    with transaction(Actor.anonymous()) as session:
        pending = consume_sign_in(session, provider=party.profile.name, browser=browser, state=states[0])
    if pending is None:
        raise SignInRefused("callback.state")
    return party.complete_sign_in(
        request.args.to_dict(flat=False),
        nonce=pending.nonce,
        code_verifier=pending.code_verifier,
        redirect_uri=side.public_address("callbacks", "show", provider=party.profile.name),
        at=now(),
    )


def _refused(side: SignInSide, fault: Refusal) -> Response:
    answer = make_response(_page("refused", side, fault=fault), fault.status)
    side.forget_attempt(answer)
    return answer


def _unknown(side: SignInSide) -> Response:
    """One page for every reason why nobody was found: it must not tell which."""
    answer = make_response(_page("unknown", side), HTTPStatus.FORBIDDEN)
    side.forget_attempt(answer)
    return answer


def _page(name: str, side: SignInSide, **values: object) -> str:
    """A page at the callback's address, which holds a code: a change of language leads to the beginning instead."""
    back = side.address("sign_ins", "new")
    return render_template(
        f"identity/signing_in/callbacks/{name}.html", side=side, language_back=back, **values
    )
