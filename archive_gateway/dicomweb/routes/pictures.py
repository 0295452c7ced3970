"""Pictures drawn on our side, for browsers without scripts and for pixels that the viewer does not draw by itself."""

from flask import Blueprint

from archive_gateway.dicomweb import responses
from archive_gateway.dicomweb.from_upstream import picture_of_upstream
from archive_gateway.dicomweb.queries import ABSENT, frame_to_draw, picture_to_draw
from archive_gateway.dicomweb.rules.frame_address import FrameAddress, InstanceAddress
from archive_gateway.studies.actions.opening import record_study_access
from foundation.database.transactions import transaction
from foundation.errors import NotFound
from identity.access.enumerations import Deed, Thing
from identity.authorization import current_actor, open_to_whoever_may

blueprint = Blueprint("pictures", __name__)


@blueprint.get("/studies/<study_uid>/pictures/<int:number>")
@open_to_whoever_may(Deed.READ, Thing.IMAGES)
def show(study_uid: str, number: int):
    if number < 1:
        raise NotFound(ABSENT)
    with transaction(current_actor()) as session:
        found = picture_to_draw(session, study_uid, number=number)
        record_study_access(session, study_uid)
    return responses.picture(found)


@blueprint.get(
    "/studies/<study_uid>/series/<series_uid>/instances/<instance_uid>/frames/<int:number>/rendered"
)
@open_to_whoever_may(Deed.READ, Thing.IMAGES)
def of_frame(study_uid: str, series_uid: str, instance_uid: str, number: int):
    """The rendered resource of a frame. DICOM PS3.18 section 10.4.1.1.3."""
    address = FrameAddress.read(InstanceAddress(study_uid, series_uid, instance_uid), str(number))
    with transaction(current_actor()) as session:
        found = frame_to_draw(session, address)
        record_study_access(session, study_uid)
    if found.frames.content_sha256 is None:
        return picture_of_upstream(f"{address.path}/rendered")
    return responses.picture(found)
