"""The addresses of this room."""

from flask import Blueprint

from interop.routes import exports, fhir, staff_exports

blueprint = Blueprint("interop", __name__)
blueprint.register_blueprint(fhir.blueprint)
blueprint.register_blueprint(exports.blueprint)
blueprint.register_blueprint(staff_exports.blueprint)
