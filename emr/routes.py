"""The addresses of the doctor's desk."""

from flask import Blueprint

from emr.chart.routes import images, patients
from emr.desk import routes as searches
from emr.details import routes as entries
from emr.notes.routes import notes, signatures
from emr.referrals import routes as referrals

blueprint = Blueprint("emr", __name__, url_prefix="/emr")
for child in (patients, searches, entries, notes, signatures, referrals, images):
    blueprint.register_blueprint(child.blueprint)
