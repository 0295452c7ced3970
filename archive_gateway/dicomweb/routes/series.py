"""The series of a study, as QIDO-RS says them. DICOM PS3.18 section 10.6.3."""

from flask import Blueprint, request

from archive_gateway.dicom.rules import tags
from archive_gateway.dicom.rules.uids import require_uids
from archive_gateway.dicomweb import responses
from archive_gateway.dicomweb.rules.matching import SeriesMatching
from archive_gateway.studies.actions.opening import record_study_access
from archive_gateway.studies.queries.series import SeriesCard, series_of
from foundation.database.transactions import transaction
from identity.access.enumerations import Deed, Thing
from identity.authorization import current_actor, open_to_whoever_may

blueprint = Blueprint("series", __name__)


@blueprint.get("/studies/<study_uid>/series")
@open_to_whoever_may(Deed.READ, Thing.IMAGES)
def index(study_uid: str):
    require_uids(study_uid)
    responses.require_json_accepted()
    matching = SeriesMatching.read(request.args.items(multi=True))
    with transaction(current_actor()) as session:
        found = series_of(session, study_uid)
        record_study_access(session, study_uid)
    return responses.json_list(matching.of([_member(card) for card in found]))


def _member(card: SeriesCard) -> dict[str, object]:
    return {
        tags.MODALITY: _value("CS", card.modality),
        tags.SERIES_DESCRIPTION: _value("LO", card.description),
        tags.STUDY_INSTANCE_UID: _value("UI", card.study_instance_uid),
        tags.SERIES_INSTANCE_UID: _value("UI", card.series_instance_uid),
        tags.SERIES_NUMBER: _value("IS", card.number),
        tags.NUMBER_OF_SERIES_RELATED_INSTANCES: _value("IS", card.instance_count),
    }


def _value(vr: str, value: object) -> dict[str, object]:
    return {"vr": vr} if value in (None, "") else {"vr": vr, "Value": [value]}
