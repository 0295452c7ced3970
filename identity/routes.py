"""The addresses of this room: signing in and out, where one is signed in and reached, who may act for whom, the door of links, and the desks of registrars and administrators."""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from foundation.errors import SecondFactorNeeded
from identity.administration.routes import closings, facilities, members
from identity.administration.routes import desk as administration
from identity.administration.routes import posts as staff_posts
from identity.administration.routes import searches as staff_searches
from identity.closures.routes import closures
from identity.consents.routes import consents
from identity.contact_points.routes import confirmations, contacts
from identity.contact_points.routes import desk as patient_contacts
from identity.deaths.routes import deaths
from identity.desks.routes import desks, policies
from identity.devices.routes import device_ends, devices
from identity.emergencies.routes import emergencies, verdicts
from identity.grants.routes import delegate_ends, delegates, offers
from identity.guardians.routes import guardians
from identity.legal_openings import routes as legal_openings
from identity.merges.routes import merge_searches, merges
from identity.providers.registry import connect_providers
from identity.record_requests.routes import codes as entered_codes
from identity.record_requests.routes import requests as record_requests
from identity.registry.routes import codes, desk, links, patients, refusals, requests, searches
from identity.second_factors.routes import challenges, passkeys, resets, step_ups
from identity.share_openings import routes as share_openings
from identity.signing_in.routes import (
    back_channel_logouts,
    callbacks,
    posts,
    representation_ends,
    representations,
    sessions,
    sign_ins,
    sign_outs,
)

blueprint = Blueprint("identity", __name__)
for noun in (sign_ins, callbacks, sign_outs, sessions, devices, device_ends, contacts):
    blueprint.register_blueprint(noun.blueprint)
    blueprint.register_blueprint(noun.staff_blueprint)
for noun in (confirmations, patient_contacts):
    blueprint.register_blueprint(noun.blueprint)
for noun in (posts, desks, policies, emergencies, verdicts, representations, representation_ends):
    blueprint.register_blueprint(noun.blueprint)
for noun in (delegates, delegate_ends, offers, guardians, consents, closures, legal_openings):
    blueprint.register_blueprint(noun.blueprint)
blueprint.register_blueprint(back_channel_logouts.blueprint)
blueprint.register_blueprint(share_openings.blueprint)
for child in (
    passkeys,
    challenges,
    resets,
    step_ups,
    record_requests,
    entered_codes,
    desk,
    searches,
    requests,
    links,
    refusals,
    patients,
    codes,
    deaths,
    merge_searches,
    merges,
):
    blueprint.register_blueprint(child.blueprint)
for child in (administration, staff_searches, members, staff_posts, facilities, closings):
    blueprint.register_blueprint(child.blueprint)


@blueprint.record
def _connect(state: BlueprintSetupState) -> None:
    state.app.register_error_handler(SecondFactorNeeded, step_ups.show_step_up)
    providers = connect_providers(state.app.extensions["settings"])
    state.app.extensions["identity_providers"] = providers
    # Chromium holds a form's target against the redirects that follow it, so these origins are named in the policy.
    state.app.extensions["form_targets"] = providers.form_targets
