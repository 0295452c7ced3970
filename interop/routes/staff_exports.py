"""A doctor hands a record to another hospital: why is asked and who it is, and both the file and its reading are written down."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, render_template, request

from foundation.clock import today
from foundation.database.transactions import transaction
from identity.access.enumerations import Deed, Thing
from identity.authorization import current_actor, open_to_staff_who_may
from interop.actions import begin_staff_export, export_record_by_staff
from interop.enumerations import ExportReason
from interop.forms import StaffExportForm
from interop.routes.fhir import FHIR_JSON, request_for

blueprint = Blueprint("staff_exports", __name__)


@blueprint.get("/emr/patients/<uuid:patient_id>/export")
@open_to_staff_who_may(Deed.EXPORT, Thing.ENTRIES)
def new(patient_id: UUID):
    return _page(patient_id, StaffExportForm())


@blueprint.post("/emr/patients/<uuid:patient_id>/export")
@open_to_staff_who_may(Deed.EXPORT, Thing.ENTRIES)
def create(patient_id: UUID):
    form = StaffExportForm(request.form)
    if not form.validate():
        return _page(patient_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    with transaction(current_actor()) as session:
        content = export_record_by_staff(
            session, patient_id, request=request_for("collection"), reason=ExportReason(form.reason.data)
        )
    answer = Response(content, content_type=FHIR_JSON)
    answer.headers["Content-Disposition"] = f'attachment; filename="record-{today():%Y-%m-%d}.json"'
    return answer


def _page(patient_id: UUID, form: StaffExportForm) -> str:
    with transaction(current_actor()) as session:
        patient = begin_staff_export(session, patient_id)
    return render_template("emr/exports/new.html", patient=patient, form=form)
