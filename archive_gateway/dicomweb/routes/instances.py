"""One whole object, as application/dicom."""

from flask import Blueprint, request

from archive_gateway.dicomweb import responses
from archive_gateway.dicomweb.from_upstream import instance_of_upstream
from archive_gateway.dicomweb.queries import instance_to_send
from archive_gateway.dicomweb.rules.frame_address import InstanceAddress
from archive_gateway.studies.actions.opening import record_study_access
from foundation.database.transactions import transaction
from identity.access.enumerations import Deed, Thing
from identity.authorization import current_actor, open_to_whoever_may

blueprint = Blueprint("instances", __name__)


@blueprint.get("/studies/<study_uid>/series/<series_uid>/instances/<instance_uid>")
@open_to_whoever_may(Deed.READ, Thing.IMAGES)
def show(study_uid: str, series_uid: str, instance_uid: str):
    address = InstanceAddress(study_uid, series_uid, instance_uid)
    with transaction(current_actor()) as session:
        instance = instance_to_send(session, address)
        record_study_access(session, study_uid)
    accept = request.args.get("accept") or request.headers.get("Accept", "")
    if instance.content_sha256 is None:
        return instance_of_upstream(address, accept=accept or responses.ANY_INSTANCE)
    return responses.instance(instance, accept=accept)
