"""A citizen goes on to the record of somebody for whom they may act: the session begins anew with it."""

from dataclasses import replace
from http import HTTPStatus
from typing import cast
from uuid import UUID

from flask import Blueprint, redirect, request

from foundation.actor import ActorKind
from foundation.database.transactions import transaction
from foundation.errors import BadInput
from foundation.idempotency import once
from foundation.identifiers import new_id
from identity.authorization import current_actor, open_to
from identity.delegations.queries import represented_person
from identity.delegations.rules.scopes import limited
from identity.roles import Role
from identity.sessions.actions.sessions import turn_session
from identity.sessions.queries.provider_sessions import own_provider_session
from identity.sessions.rules.browsers import browser_named
from identity.signing_in.forms import RepresentForm
from identity.signing_in.routes.sign_in_sides import CITIZEN_SIDE, first_page_of

blueprint = Blueprint("representations", __name__)


@blueprint.post("/my/representation")
@open_to(Role.PATIENT)
def create():
    form = RepresentForm(request.form)
    if not form.validate():
        raise BadInput("This form has expired. Open the page again and repeat.")
    token = _represent(cast(UUID, form.delegation_id), key=form.idempotency_key.data or "")
    answer = redirect(first_page_of(Role.PATIENT), HTTPStatus.SEE_OTHER)
    if token:
        CITIZEN_SIDE.set_session(answer, token)
    return answer


def _represent(delegation_id: UUID, *, key: str) -> str:
    """The token of a session by that right; empty where this form was sent before, as tokens are kept nowhere."""
    before, session_id, tokens = current_actor(), new_id(), []
    browser = browser_named(request.user_agent.string)
    with transaction(before) as session:
        person = represented_person(session, delegation_id)
        at_provider = own_provider_session(session)
    actor = replace(
        before,
        kind=ActorKind.DELEGATE,
        patient_id=person.patient_id,
        own_patient_id=before.patient_id,
        delegation_id=delegation_id,
        scopes=limited(person.scopes),
        session_id=session_id,
    )

    def begin() -> UUID:
        former = cast(UUID, before.session_id)  # the guard knows that somebody is signed in
        tokens.append(turn_session(session, former, at_provider=at_provider, browser=browser))
        return session_id

    with transaction(actor) as session:
        once(session, key=key, body={"delegation": delegation_id}, act=begin)
    return tokens[0] if tokens else ""
