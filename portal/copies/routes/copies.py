"""The page that tells what a copy of all one's data holds, before one takes it."""

from flask import Blueprint, current_app, render_template

from foundation.database.transactions import transaction
from identity.authorization import current_actor, open_to
from identity.roles import Role
from portal.copies.actions import MOST_AN_HOUR, open_copy
from portal.copies.routes.files import ACCESS_LOG

blueprint = Blueprint("copies", __name__)


@blueprint.get("/my/copy")
@open_to(Role.PATIENT, whole=True)
def show():
    with transaction(current_actor()) as session:
        open_copy(session)
    parts = (*current_app.extensions["copy_parts"](), ACCESS_LOG)
    return render_template("portal/copies/copies/show.html", parts=parts, most=MOST_AN_HOUR)
