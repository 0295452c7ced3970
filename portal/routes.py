"""The addresses of this room."""

from flask import Blueprint

from portal.access_log import routes as access_log
from portal.dispatch import routes as dispatch
from portal.home.routes import front, home
from portal.images import routes as images
from portal.record.routes import documents, entries, timeline

blueprint = Blueprint("portal", __name__)
for each in (front, home, timeline, entries, documents, dispatch, images, access_log):
    blueprint.register_blueprint(each.blueprint)
