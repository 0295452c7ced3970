"""Headers of a study or a series as DICOM JSON."""

from collections.abc import Iterator, Sequence

from flask import Blueprint, Response

from archive_gateway.dicom.rules.uids import require_uids
from archive_gateway.dicomweb import responses
from archive_gateway.metadata.queries import Metadata, portion_of, series_metadata, study_metadata
from archive_gateway.studies.actions.opening import record_study_access
from foundation.actor import Actor
from foundation.database.transactions import transaction
from identity.access.enumerations import Deed, Thing
from identity.authorization import current_actor, open_to_whoever_may

blueprint = Blueprint("metadata", __name__)


@blueprint.get("/studies/<study_uid>/metadata")
@open_to_whoever_may(Deed.READ, Thing.IMAGES)
def of_study(study_uid: str):
    require_uids(study_uid)
    responses.require_json_accepted()
    with transaction(current_actor()) as session:
        found = study_metadata(session, study_instance_uid=study_uid)
        record_study_access(session, study_uid)
    return _sent(found, study_uid)


@blueprint.get("/studies/<study_uid>/series/<series_uid>/metadata")
@open_to_whoever_may(Deed.READ, Thing.IMAGES)
def of_series(study_uid: str, series_uid: str):
    require_uids(study_uid, series_uid)
    responses.require_json_accepted()
    with transaction(current_actor()) as session:
        found = series_metadata(session, study_instance_uid=study_uid, series_instance_uid=series_uid)
        record_study_access(session, study_uid)
    return _sent(found, study_uid, series_uid)


def _sent(found: Metadata, study_uid: str, series_uid: str = "") -> Response:
    runs = _runs(found, current_actor())
    return responses.metadata(found, runs=runs, study_uid=study_uid, series_uid=series_uid)


def _runs(found: Metadata, reader: Actor) -> Iterator[Sequence[str]]:
    """What is long is read while it is sent, each portion in a transaction of its own, and asked for by the reader
    anew: somebody who takes it slowly holds no connection of the database.
    """
    yield found.begun
    for instance_ids in found.rest:
        with transaction(reader) as session:
            texts = portion_of(session, instance_ids)
        yield texts
