"""A citizen's first page: what is next and what is new."""

from flask import Blueprint, render_template

from foundation.database import transaction
from identity.guards import current_actor, open_to
from identity.rules.roles import Role
from portal.actions import open_home

blueprint = Blueprint("home", __name__)


@blueprint.get("/my")
@open_to(Role.PATIENT)
def show():
    with transaction(current_actor()) as session:
        home = open_home(session)
    return render_template("portal/home/show.html", home=home)
