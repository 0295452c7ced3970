"""One whole object, as application/dicom."""

from flask import Blueprint, request

from archive_gateway.actions import note_reading
from archive_gateway.queries import instance_to_send
from archive_gateway.routes import sending
from archive_gateway.rules.frame_address import InstanceAddress
from foundation.database import transaction
from identity.guards import current_actor, open_to
from identity.rules.roles import Role

blueprint = Blueprint("instances", __name__)


@blueprint.get("/studies/<study_uid>/series/<series_uid>/instances/<instance_uid>")
@open_to(Role.PATIENT, Role.DOCTOR)
def show(study_uid: str, series_uid: str, instance_uid: str):
    address = InstanceAddress(study_uid, series_uid, instance_uid)
    with transaction(current_actor()) as session:
        instance = instance_to_send(session, address)
        note_reading(session, study_uid)
    accept = request.args.get("accept") or request.headers.get("Accept", "")
    if instance.content_sha256 is None:
        return sending.from_upstream(address.path, accept=accept or sending.ANY_INSTANCE)
    return sending.instance(instance, accept=accept)
