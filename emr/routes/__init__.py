"""The addresses of the doctor's desk."""

from flask import Blueprint

from emr.routes import entries, images, patients, referrals, searches, signatures

blueprint = Blueprint("emr", __name__, url_prefix="/emr")
for child in (patients, searches, entries, signatures, referrals, images):
    blueprint.register_blueprint(child.blueprint)
