"""The addresses of WADO-RS, thrice, each with a cookie of its own: for citizens below /archive, for staff below /emr/archive,
and for whoever looks by a link below /shared/archive.
"""

from functools import cache

from flask import Blueprint

from archive_gateway.dicom.enumerations import MODALITIES
from archive_gateway.dicomweb.routes import frames, instances, metadata, pictures, series
from archive_gateway.studies.queries.shared import say_what_links_open_of_images
from foundation.language.translation import reader_locale

_CHILDREN = (series.blueprint, metadata.blueprint, instances.blueprint, frames.blueprint, pictures.blueprint)

blueprint = Blueprint("archive", __name__)
desk = Blueprint("desk", __name__, url_prefix="/emr/archive")
shared = Blueprint("shared", __name__, url_prefix="/shared/archive")
for child in _CHILDREN:
    blueprint.register_blueprint(child, url_prefix="/archive")
    desk.register_blueprint(child)
    shared.register_blueprint(child)
blueprint.register_blueprint(desk)
blueprint.register_blueprint(shared)
say_what_links_open_of_images()


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
