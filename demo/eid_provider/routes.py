"""The provider's addresses: those of the protocol, and the few pages a person sees."""

import secrets
import time
from http import HTTPStatus

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import OAuth2Error
from babel.dates import format_date
from flask import Blueprint, current_app, g, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from joserfc.jwk import KeySet

from demo.eid_provider import logout
from demo.eid_provider.cards import LEVELS, SHOWN_AT_ONCE, IdentityCard, found, suited
from demo.eid_provider.clients import SCOPES
from demo.eid_provider.memory import Visit
from demo.eid_provider.server import IdentityProvider, claims_of
from demo.eid_provider.signing import ALGORITHM
from demo.eid_provider.wording import LANGUAGES, reader_language, said, words
from identity.providers.demo_clients import DESK

PAGE_ONLY = ("card", "level", "find", "language")
LONGEST_SEARCH = 80


blueprint = Blueprint("provider", __name__)


@blueprint.get("/authorize")
def authorize() -> ResponseReturnValue:
    try:
        grant = _server().get_consent_grant(end_user=None)
    except OAuth2Error as fault:
        return _fault(fault)
    return _choice(grant.client, _asked())


@blueprint.post("/authorize")
def choose() -> ResponseReturnValue:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return _page("fault.html", HTTPStatus.FORBIDDEN)
    card = next((each for each in _cards() if each.sub == request.form.get("card")), None)
    visit = _begin_visit(card) if card else None
    try:
        grant = _server().get_consent_grant(end_user=visit)
    except OAuth2Error as fault:
        return _fault(fault)
    return _server().create_authorization_response(grant_user=visit, grant=grant)


@blueprint.post("/token")
def token() -> ResponseReturnValue:
    return _server().create_token_response()


@blueprint.route("/userinfo", methods=["GET", "POST"])
def userinfo() -> ResponseReturnValue:
    guarded = current_app.extensions["guard"]("openid")
    return guarded(lambda: jsonify(claims_of(g.access_token.visit, g.access_token.scope)))()


@blueprint.route("/session/end", methods=["GET", "POST"])
def end_session() -> ResponseReturnValue:
    try:
        asked = _server().validate_endpoint_request("end_session")
    except OAuth2Error as fault:
        return _fault(fault)
    if asked.needs_confirmation:
        return _page("home.html", visits=_own_visits(), question=True)
    return _server().create_endpoint_response("end_session", asked) or _page("home.html", ended=True)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    return _page("home.html", visits=_own_visits())


@blueprint.post("/visits/end")
def end_visits() -> ResponseReturnValue:
    for visit in _own_visits():
        logout.end_visit(_identity_provider(), visit.sid)
    session.clear()
    return redirect(url_for("provider.home", language=reader_language()), HTTPStatus.SEE_OTHER)


@blueprint.get("/healthz")
def live() -> ResponseReturnValue:
    return jsonify(status="ok")


@blueprint.get("/jwks")
def jwks() -> ResponseReturnValue:
    return jsonify(KeySet([_identity_provider().key]).as_dict(private=False))


@blueprint.get("/.well-known/openid-configuration")
def discovery() -> ResponseReturnValue:
    issuer = _identity_provider().issuer
    return jsonify(
        issuer=issuer,
        authorization_endpoint=f"{issuer}/authorize",
        token_endpoint=f"{issuer}/token",
        userinfo_endpoint=f"{issuer}/userinfo",
        jwks_uri=f"{issuer}/jwks",
        end_session_endpoint=f"{issuer}/session/end",
        response_types_supported=["code"],
        grant_types_supported=["authorization_code"],
        subject_types_supported=["public"],
        scopes_supported=list(SCOPES),
        acr_values_supported=list(LEVELS),
        id_token_signing_alg_values_supported=[ALGORITHM],
        code_challenge_methods_supported=["S256"],
        token_endpoint_auth_methods_supported=["client_secret_basic", "private_key_jwt"],
        token_endpoint_auth_signing_alg_values_supported=["ES256"],
        claims_supported=["sub", "family_name", "given_name", "middle_name", "name", "birthdate", "snils"],
        ui_locales_supported=list(LANGUAGES),
        authorization_response_iss_parameter_supported=True,
        backchannel_logout_supported=True,
        backchannel_logout_session_supported=True,
    )


def _choice(client, asked: dict[str, str]) -> ResponseReturnValue:
    cards = found(
        suited(_cards(), staff=client.client_id == DESK), request.args.get("find", "")[:LONGEST_SEARCH]
    )
    return _page(
        "choice.html",
        client=said(client.name),
        asked=asked,
        cards=cards[:SHOWN_AT_ONCE],
        found=len(cards),
        find=request.args.get("find", ""),
    )


def _asked() -> dict[str, str]:
    """The client's request, to be carried through the page's forms."""
    return {name: value for name, value in request.args.items() if name not in PAGE_ONLY}


def _begin_visit(card: IdentityCard) -> Visit:
    level = request.form.get("level", "")
    visit = Visit(
        sid=secrets.token_urlsafe(16),
        card=card,
        level=level if level in LEVELS else card.level,
        client_id=request.values.get("client_id", ""),
        began_at=int(time.time()),
    )
    _identity_provider().memory.visits.put(visit.sid, visit)
    session["visits"] = [*session.get("visits", []), visit.sid]
    return visit


def _own_visits() -> tuple[Visit, ...]:
    known = (_identity_provider().memory.visits.get(sid) for sid in session.get("visits", []))
    return tuple(visit for visit in known if visit)


def _fault(fault: OAuth2Error) -> ResponseReturnValue:
    """Back to the client with the error where its address is known, else a page."""
    answer = _server().handle_error_response(None, fault)
    return answer if answer.location else _page("fault.html", HTTPStatus.BAD_REQUEST)


def _page(template: str, status: HTTPStatus = HTTPStatus.OK, **values: object) -> ResponseReturnValue:
    language = reader_language()
    return (
        render_template(
            template,
            words=words(),
            said=said,
            language=language,
            languages=LANGUAGES,
            clients=_identity_provider().clients,
            levels=LEVELS,
            day=lambda value: format_date(value, "d MMMM y", locale=language),
            **values,
        ),
        status,
    )


def _cards() -> tuple[IdentityCard, ...]:
    return current_app.extensions["cards"]()


def _server() -> AuthorizationServer:
    return current_app.extensions["server"]


def _identity_provider() -> IdentityProvider:
    return current_app.extensions["identity_provider"]
