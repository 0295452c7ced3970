"""A citizen's copy of their own record, to keep or to hand on."""

from flask import Blueprint, Response

from foundation.clock import today
from foundation.database.transactions import transaction
from identity.access.enumerations import Scope
from identity.authorization import current_actor, open_to
from identity.roles import Role
from interop.actions import export_record
from interop.routes.fhir import FHIR_JSON, request_for

blueprint = Blueprint("exports", __name__)


@blueprint.get("/my/record.json")
@open_to(Role.PATIENT, scope=Scope.RECORD)
def show():
    with transaction(current_actor()) as session:
        content = export_record(session, session.actor.patient_id, request=request_for("collection"))
    answer = Response(content, content_type=FHIR_JSON)
    answer.headers["Content-Disposition"] = f'attachment; filename="record-{today():%Y-%m-%d}.json"'
    return answer
