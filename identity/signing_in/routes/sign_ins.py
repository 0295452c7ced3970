"""Signing in begins: the page with the ways to do it, and the departure to the chosen provider."""

import secrets
from http import HTTPStatus

from flask import Blueprint, redirect, render_template

from foundation import logs
from foundation.actor import Actor
from foundation.database.transactions import transaction
from foundation.language.translation import reader_locale
from identity.authorization import public
from identity.providers.refusals import ProviderDown
from identity.signing_in.actions.sign_ins import Attempt, begin_sign_in
from identity.signing_in.routes.rate_limits import STARTS, visitor
from identity.signing_in.routes.sign_in_sides import providers, this_door

BROWSER_BYTES = 32

blueprint = Blueprint("sign_ins", __name__)
staff_blueprint = Blueprint("staff_sign_ins", __name__, url_prefix="/staff")


@blueprint.get("/sign-in")
@staff_blueprint.get("/sign-in")
@public
def new():
    return _page()


@blueprint.post("/sign-in/<provider>")
@staff_blueprint.post("/sign-in/<provider>")
@public
def create(provider: str):
    door = this_door()
    party = providers().named(provider, door.audience)
    STARTS.take(visitor())
    try:
        departure = party.depart(
            redirect_uri=door.public_address("callbacks", "show", provider=provider), language=reader_locale()
        )
    except ProviderDown as fault:
        logs.event("sign_in.provider_down", provider=provider, fault=fault.reason)
        return _page(unanswered=party.profile), HTTPStatus.BAD_GATEWAY
    browser = secrets.token_urlsafe(BROWSER_BYTES)
    with transaction(Actor.anonymous()) as session:
        attempt = Attempt(departure.nonce, departure.code_verifier)
        begin_sign_in(session, attempt, provider=provider, browser=browser, state=departure.state)
    answer = redirect(departure.address, HTTPStatus.SEE_OTHER)
    door.set_attempt(answer, browser)
    return answer


def _page(**values: object) -> str:
    door = this_door()
    ways = [party.profile for party in providers().for_audience(door.audience)]
    return render_template("identity/signing_in/sign_ins/new.html", door=door, ways=ways, **values)
