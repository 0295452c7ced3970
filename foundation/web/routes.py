"""Addresses that belong to no room of health: whether we live, the reader's language, what browsers report."""

from flask import Blueprint

from foundation.web import health, language_choice, policy_reports

blueprint = Blueprint("foundation", __name__)
blueprint.register_blueprint(health.blueprint)
blueprint.register_blueprint(language_choice.blueprint)
blueprint.register_blueprint(policy_reports.blueprint)
