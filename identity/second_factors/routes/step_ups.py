"""Proving anew that it is they: the page that asks for it in place of what was asked for, and the passkey's answer.

The session begins anew with it (OWASP ASVS 5.0, 7.2.4). What was typed stays in the page meanwhile, and is sent where it was to
go: the service keeps nothing of it.
"""

from dataclasses import replace
from http import HTTPStatus
from typing import cast
from uuid import UUID

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from foundation.clock import now
from foundation.database.transactions import transaction
from foundation.errors import BadInput, RuleBroken, SecondFactorNeeded
from foundation.identifiers import new_id
from foundation.language.translation import gettext
from foundation.web.current_settings import current_settings
from foundation.web.refusals import refusal_response, wants_problem_details
from identity.authorization import current_actor, open_to_staff
from identity.providers.profile import ProviderProfile
from identity.second_factors.actions.challenges import consume_challenge
from identity.second_factors.actions.step_ups import note_failed_step_up, use_passkey
from identity.second_factors.ceremonies import CeremonyFailed
from identity.second_factors.enumerations import Ceremony
from identity.second_factors.forms import CeremonyForm, StepUpForm
from identity.second_factors.queries.demands import provider_of_actor
from identity.second_factors.queries.passkeys import has_passkey
from identity.second_factors.rules.sites import site_of
from identity.sessions.actions.sessions import replace_session
from identity.sessions.queries.provider_sessions import own_provider_session
from identity.sessions.rules.browsers import browser_named
from identity.sessions.rules.second_factors import FactorKind, SecondFactor
from identity.signing_in.routes.sign_in_sides import STAFF_SIDE, providers

blueprint = Blueprint("step_ups", __name__, url_prefix="/staff")


@blueprint.post("/second-factor")
@open_to_staff
def create():
    form = StepUpForm(request.form)
    if not form.validate():
        raise BadInput("This form has expired. Open the page again and repeat.")
    _prove(form.credential.data or "")
    answer = make_response()
    STAFF_SIDE.set_session(answer, _session_with(SecondFactor(FactorKind.PASSKEY, now())))
    # The page that waits sends its form with the token of the session that has just begun.
    answer.set_data(jsonify(csrf_token=CeremonyForm().guard).get_data())
    answer.content_type = "application/json"
    return answer


def show_step_up(refusal: SecondFactorNeeded) -> Response:
    """In place of what was asked for: the same request stands on the page, to be made again once it is proven."""
    if wants_problem_details():
        return refusal_response(refusal.status, gettext(refusal.sentence))
    with transaction(current_actor()) as session:
        has_one, provider = has_passkey(session), provider_of_actor(session)
    sent = request.form if request.method == "POST" else request.args
    page = render_template(
        "identity/second_factors/step_ups/new.html",
        typed=[(name, value) for name, value in sent.items(multi=True) if name != "csrf_token"],
        by_post=request.method == "POST",
        has_passkey=has_one,
        profile=_profile_that_tells(provider),
        site=site_of(current_settings().public_url),
        form=CeremonyForm(),
    )
    return make_response(page, HTTPStatus.FORBIDDEN)


def _profile_that_tells(provider: str) -> ProviderProfile | None:
    """That of the provider through which the reader is signed in, where it tells of a second factor."""
    party = providers().by_name.get(provider)
    return party.profile if party and party.profile.tells_second_factor else None


def _prove(answer: str) -> None:
    """Raises RuleBroken: the answer does not hold. The challenge is spent in any case."""
    with transaction(current_actor()) as session:
        challenge = consume_challenge(session, Ceremony.AUTHENTICATION)
    try:
        with transaction(current_actor()) as session:
            use_passkey(session, site_of(current_settings().public_url), answer, challenge=challenge)
    except CeremonyFailed as fault:
        with transaction(current_actor()) as session:
            note_failed_step_up(session, fault)
        raise RuleBroken("The passkey was not accepted. Try again.") from fault


def _session_with(factor: SecondFactor) -> str:
    """The token of a session that knows of it, in place of the one in which it was given."""
    before = current_actor()
    with transaction(before) as session:
        at_provider = replace(own_provider_session(session), second_factor=factor)
    with transaction(replace(before, session_id=new_id())) as session:
        return replace_session(
            session,
            cast(UUID, before.session_id),  # the guard knows that somebody is signed in
            at_provider=at_provider,
            browser=browser_named(request.user_agent.string),
        )
