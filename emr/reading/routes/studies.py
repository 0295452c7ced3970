"""The radiologist's first page, and of one patient what a study is read with."""

from uuid import UUID

from flask import Blueprint, render_template

from emr.reading.actions import open_newest_studies, open_studies_of_patient
from foundation.database.transactions import transaction
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("reading", __name__, url_prefix="/reading")


@blueprint.get("")
@open_to(Role.RADIOLOGIST, reads=True)
def index():
    with transaction(current_actor()) as session:
        view = open_newest_studies(session)
    return render_template("emr/reading/studies/index.html", view=view)


@blueprint.get("/<uuid:patient_id>")
@open_to(Role.RADIOLOGIST, reads=True)
def show(patient_id: UUID):
    with transaction(current_actor()) as session:
        view = open_studies_of_patient(session, patient_id)
    return render_template("emr/reading/studies/show.html", view=view)
