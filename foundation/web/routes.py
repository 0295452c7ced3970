"""Addresses that belong to no room of health: whether we live, and the reader's language."""

from flask import Blueprint

from foundation.web import health, language_choice

blueprint = Blueprint("foundation", __name__)
blueprint.register_blueprint(health.blueprint)
blueprint.register_blueprint(language_choice.blueprint)
