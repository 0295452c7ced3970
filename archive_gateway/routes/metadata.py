"""Headers of a study or a series as DICOM JSON."""

from flask import Blueprint, request

from archive_gateway.actions import note_reading
from archive_gateway.queries import series_metadata, study_metadata
from archive_gateway.routes import sending
from archive_gateway.rules.uids import require_uids
from foundation.database import transaction
from identity.guards import current_actor, open_to
from identity.rules.roles import Role

blueprint = Blueprint("metadata", __name__)


@blueprint.get("/studies/<study_uid>/metadata")
@open_to(Role.PATIENT, Role.DOCTOR)
def of_study(study_uid: str):
    require_uids(study_uid)
    sending.require_json_welcome()
    with transaction(current_actor()) as session:
        found = study_metadata(session, study_instance_uid=study_uid, reader=current_actor())
        note_reading(session, study_uid, reader=current_actor())
    return sending.metadata(found, path=f"/studies/{study_uid}/metadata", request=request)


@blueprint.get("/studies/<study_uid>/series/<series_uid>/metadata")
@open_to(Role.PATIENT, Role.DOCTOR)
def of_series(study_uid: str, series_uid: str):
    require_uids(study_uid, series_uid)
    sending.require_json_welcome()
    with transaction(current_actor()) as session:
        found = series_metadata(
            session,
            study_instance_uid=study_uid,
            series_instance_uid=series_uid,
            reader=current_actor(),
        )
        note_reading(session, study_uid, reader=current_actor())
    path = f"/studies/{study_uid}/series/{series_uid}/metadata"
    return sending.metadata(found, path=path, request=request)
