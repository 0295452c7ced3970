"""The addresses of this room."""

from flask import Blueprint

from portal.routes import access_log, dispatch, entries, front, home, images, timeline

blueprint = Blueprint("portal", __name__)
for each in (front, home, timeline, entries, dispatch, images, access_log):
    blueprint.register_blueprint(each.blueprint)
