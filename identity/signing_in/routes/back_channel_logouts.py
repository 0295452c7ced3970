"""A provider tells us, server to server, that somebody's visit has ended: so do their sessions here, at once."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, jsonify, request

from foundation import logs
from foundation.actor import Actor
from foundation.clock import now
from foundation.database.transactions import ActorSession, transaction
from identity.authorization import public
from identity.providers.logout_tokens import LogoutRequest
from identity.providers.refusals import ProviderDown, SignInRefused
from identity.sessions.actions.sessions import end_session
from identity.sessions.queries.sessions import active_sessions_at_provider
from identity.signing_in.actions.logout_messages import consume_logout_message
from identity.signing_in.routes.rate_limits import REFUSED_MESSAGES, client_address
from identity.signing_in.routes.sign_in_sides import providers

blueprint = Blueprint("back_channel_logouts", __name__)


@blueprint.post("/identity/<provider>/back-channel-logout")
@public
def create(provider: str):
    party = providers().any_named(provider)
    REFUSED_MESSAGES.check(client_address())
    try:
        ended = party.verified_logout(request.form.get("logout_token", ""), at=now())
    except SignInRefused as fault:
        return _refused(provider, fault.reason, HTTPStatus.BAD_REQUEST)
    except ProviderDown as fault:
        return _refused(provider, fault.reason, HTTPStatus.SERVICE_UNAVAILABLE)
    with transaction(Actor.system("identity provider")) as session:
        if not consume_logout_message(
            session, issuer=ended.issuer, number=ended.number, expires_at=ended.expires_at
        ):
            return _refused(provider, "logout_token.replayed", HTTPStatus.BAD_REQUEST)
        _end_all(session, ended)
    return "", HTTPStatus.OK


def _end_all(session: ActorSession, ended: LogoutRequest) -> None:
    """End them until there are no others: one may be replaced by its person while it is being ended."""
    seen: set[UUID] = set()
    while others := _active_sessions(ended) - seen:
        for session_id in others:
            end_session(session, session_id, reason="ended by the identity provider")
        seen |= others


def _active_sessions(ended: LogoutRequest) -> set[UUID]:
    found = active_sessions_at_provider(
        issuer=ended.issuer, subject=ended.subject, provider_session=ended.provider_session
    )
    return set(found)


def _refused(provider: str, reason: str, status: HTTPStatus):
    REFUSED_MESSAGES.record(client_address())
    logs.event("back_channel_logout.refused", provider=provider, fault=reason)
    return jsonify(error="invalid_request"), status
