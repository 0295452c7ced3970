"""Signing in begins: the page with the ways to do it, and the departure to the chosen provider."""

import secrets
from datetime import timedelta
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request

from foundation import logs
from foundation.actor import Actor
from foundation.database.transactions import transaction
from foundation.language.translation import reader_locale
from foundation.web.own_addresses import own_address
from identity.authorization import public, why_led_here
from identity.providers.refusals import ProviderDown
from identity.sessions.queries.sessions import session_limits
from identity.signing_in.actions.sign_ins import PendingSignIn, begin_sign_in
from identity.signing_in.routes.rate_limits import STARTS, client_address
from identity.signing_in.routes.sign_in_sides import current_side, providers

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
    side = current_side()
    party = providers().named(provider, side.audience)
    STARTS.hit(client_address())
    try:
        authorization_request = party.request_authorization(
            redirect_uri=side.public_address("callbacks", "show", provider=provider),
            language=reader_locale(),
            anew="anew" in request.form,
        )
    except ProviderDown as fault:
        logs.event("sign_in.provider_down", provider=provider, fault=fault.reason)
        return _page(unavailable=party.profile), HTTPStatus.BAD_GATEWAY
    browser = secrets.token_urlsafe(BROWSER_BYTES)
    pending = PendingSignIn(
        authorization_request.nonce,
        authorization_request.code_verifier,
        page_asked_for=own_address(request.form.get("asked_for", ""), otherwise=""),
    )
    with transaction(Actor.anonymous()) as session:
        begin_sign_in(session, pending, provider=provider, browser=browser, state=authorization_request.state)
    answer = redirect(authorization_request.address, HTTPStatus.SEE_OTHER)
    side.set_attempt(answer, state=authorization_request.state, browser=browser)
    return answer


def _page(**values: object) -> str:
    side, limits = current_side(), session_limits()
    asked_for = own_address(request.values.get("asked_for", ""), otherwise="")
    profiles = [party.profile for party in providers().for_audience(side.audience)]
    return render_template(
        "identity/signing_in/sign_ins/new.html",
        side=side,
        profiles=profiles,
        asked_for=asked_for,
        why=why_led_here(asked_for),
        idle_minutes=_in(limits.idle(staff=side.staff), minutes=1),
        longest_hours=_in(limits.longest, hours=1),
        **values,
    )


def _in(span: timedelta, **unit: int) -> str:
    """How often the unit goes into a span, as people write it: 15; 0.5."""
    return f"{span / timedelta(**unit):g}"
