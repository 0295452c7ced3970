"""A citizen's images: the list of studies, and the viewer."""

from flask import Blueprint, render_template

from archive_gateway.studies.actions.opening import open_study
from foundation.database.transactions import transaction
from foundation.web.security_headers import allow_viewer
from identity.access.enumerations import Scope
from identity.authorization import current_actor, open_to
from identity.roles import Role
from portal.images.actions import list_images

blueprint = Blueprint("images", __name__)


@blueprint.get("/my/images")
@open_to(Role.PATIENT, scope=Scope.IMAGES)
def index():
    with transaction(current_actor()) as session:
        images = list_images(session)
    return render_template("portal/images/index.html", images=images)


@blueprint.get("/my/images/<study_uid>")
@open_to(Role.PATIENT)
def show(study_uid: str):
    with transaction(current_actor()) as session:
        study = open_study(session, study_uid)
    allow_viewer()
    return render_template("portal/images/show.html", study=study)
