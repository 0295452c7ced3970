"""Whoever acts for somebody goes back to their own record with one press."""

from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, redirect, request

from foundation.actor import Actor, ActorKind
from foundation.database.transactions import transaction
from foundation.identifiers import new_id
from identity.authorization import current_actor, open_to
from identity.roles import Role
from identity.sessions.actions.sessions import turn_session
from identity.sessions.queries.provider_sessions import own_provider_session
from identity.sessions.rules.browsers import browser_named
from identity.signing_in.routes.sign_in_sides import CITIZEN_SIDE, first_page_of

blueprint = Blueprint("representation_ends", __name__)


@blueprint.post("/my/representation/end")
@open_to(Role.PATIENT)
def create():
    before = current_actor()
    answer = redirect(first_page_of(Role.PATIENT), HTTPStatus.SEE_OTHER)
    if before.delegation_id is not None:
        CITIZEN_SIDE.set_session(answer, _back(before))
    return answer


def _back(before: Actor) -> str:
    """The token of a session in which whoever acted for somebody is themself again."""
    own = replace(
        before,
        kind=ActorKind.CITIZEN,
        patient_id=before.own_patient_id,
        own_patient_id=None,
        delegation_id=None,
        scopes=None,
        session_id=new_id(),
    )
    browser = browser_named(request.user_agent.string)
    with transaction(before) as session:
        at_provider = own_provider_session(session)
    with transaction(own) as session:
        return turn_session(session, before.session_id, at_provider=at_provider, browser=browser)  # type: ignore[arg-type]  # the guard knows that somebody is signed in
