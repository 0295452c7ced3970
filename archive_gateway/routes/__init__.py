"""The addresses of WADO-RS, twice: for citizens below /archive, for staff (with their own cookie) below /emr/archive."""

from flask import Blueprint

from archive_gateway.routes import frames, instances, metadata, series

_CHILDREN = (series.blueprint, metadata.blueprint, instances.blueprint, frames.blueprint)

blueprint = Blueprint("archive", __name__)
desk = Blueprint("desk", __name__, url_prefix="/emr/archive")
for child in _CHILDREN:
    blueprint.register_blueprint(child, url_prefix="/archive")
    desk.register_blueprint(child)
blueprint.register_blueprint(desk)
