"""The addresses of WADO-RS, twice: for citizens below /archive, for staff (with their own cookie) below /emr/archive."""

from functools import cache

from flask import Blueprint

from archive_gateway.dicom.enumerations import MODALITIES
from archive_gateway.dicomweb.routes import frames, instances, metadata, pictures, series
from foundation.language.translation import reader_locale

_CHILDREN = (series.blueprint, metadata.blueprint, instances.blueprint, frames.blueprint, pictures.blueprint)

blueprint = Blueprint("archive", __name__)
desk = Blueprint("desk", __name__, url_prefix="/emr/archive")
for child in _CHILDREN:
    blueprint.register_blueprint(child, url_prefix="/archive")
    desk.register_blueprint(child)
blueprint.register_blueprint(desk)


@blueprint.app_template_global()
def modality_names() -> dict[str, str]:
    """What pages call each modality, in the reader's language, by its code."""
    return _names_in(reader_locale())


@cache
def _names_in(language: str) -> dict[str, str]:
    return {code: getattr(modality.name, language) for code, modality in MODALITIES.items()}


@blueprint.app_template_test("examination")
def is_examination(code: str) -> bool:
    """Whether a modality tells how a person was examined; what is of none was made afterwards."""
    return code in MODALITIES and MODALITIES[code].examination
