"""The page on which a person reads who is in their treating team."""

from flask import Blueprint, render_template

from emr.teams.actions import open_own_team
from foundation.database.transactions import transaction
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("teams", __name__)


@blueprint.get("/my/team")
@open_to(Role.PATIENT, whole=True)
def show():
    with transaction(current_actor()) as session:
        team = open_own_team(session)
    return render_template("portal/teams/show.html", team=team)
