"""The addresses of this room."""

from flask import Blueprint

from interop.routes import exports, fhir

blueprint = Blueprint("interop", __name__)
blueprint.register_blueprint(fhir.blueprint)
blueprint.register_blueprint(exports.blueprint)
