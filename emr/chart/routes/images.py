"""A patient's images on the doctor's desk."""

from uuid import UUID

from flask import Blueprint, render_template

from archive_gateway.studies.actions.opening import open_study
from foundation.database.transactions import transaction
from foundation.errors import NotFound
from foundation.web.security_headers import allow_viewer
from identity.access.enumerations import Deed, Thing
from identity.authorization import current_actor, open_to_staff_who_may
from identity.patients.queries.patients import patient_card

blueprint = Blueprint("images", __name__)


@blueprint.get("/patients/<uuid:patient_id>/images/<study_uid>")
@open_to_staff_who_may(Deed.READ, Thing.IMAGES)
def show(patient_id: UUID, study_uid: str):
    with transaction(current_actor()) as session:
        patient = patient_card(session, patient_id)
        study = open_study(session, study_uid)
        if study.patient_id != patient_id:
            raise NotFound("There is no such image.")
    allow_viewer()
    return render_template("emr/chart/images/show.html", patient=patient, study=study)
