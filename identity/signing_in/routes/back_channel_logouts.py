"""A provider tells us, server to server, that somebody's visit has ended: so do their sessions here, at once."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, jsonify, request

from foundation import logs
from foundation.actor import Actor
from foundation.clock import now
from foundation.database.transactions import ActorSession, transaction
from identity.authorization import public
from identity.providers.logout_tokens import EndedVisit
from identity.providers.refusals import ProviderDown, SignInRefused
from identity.sessions.actions.sessions import end_session
from identity.sessions.queries.sessions import living_sessions_at_provider
from identity.signing_in.actions.logout_messages import take_logout_message
from identity.signing_in.routes.rate_limits import REFUSED_MESSAGES, visitor
from identity.signing_in.routes.sign_in_sides import providers

blueprint = Blueprint("back_channel_logouts", __name__)


@blueprint.post("/identity/<provider>/back-channel-logout")
@public
def create(provider: str):
    party = providers().any_named(provider)
    REFUSED_MESSAGES.require(visitor())
    try:
        ended = party.ended_visit(request.form.get("logout_token", ""), at=now())
    except SignInRefused as fault:
        return _refused(provider, fault.reason, HTTPStatus.BAD_REQUEST)
    except ProviderDown as fault:
        return _refused(provider, fault.reason, HTTPStatus.SERVICE_UNAVAILABLE)
    with transaction(Actor.system("identity provider")) as session:
        if not take_logout_message(
            session, issuer=ended.issuer, number=ended.number, expires_at=ended.expires_at
        ):
            return _refused(provider, "logout_token.replayed", HTTPStatus.BAD_REQUEST)
        _end_all(session, ended)
    return "", HTTPStatus.OK


def _end_all(session: ActorSession, ended: EndedVisit) -> None:
    """End them until there are no others: one may be replaced by its person while it is being ended."""
    seen: set[UUID] = set()
    while others := _living(ended) - seen:
        for session_id in others:
            end_session(session, session_id, reason="ended by the identity provider")
        seen |= others


def _living(ended: EndedVisit) -> set[UUID]:
    found = living_sessions_at_provider(
        issuer=ended.issuer, subject=ended.subject, provider_session=ended.provider_session
    )
    return set(found)


def _refused(provider: str, reason: str, status: HTTPStatus):
    REFUSED_MESSAGES.note(visitor())
    logs.event("back_channel_logout.refused", provider=provider, fault=reason)
    return jsonify(error="invalid_request"), status
