"""A citizen's first page: what is next and what is new."""

from flask import Blueprint, render_template

from foundation.database.transactions import transaction
from identity.authorization import current_actor, open_to
from identity.roles import Role
from portal.home.actions import open_home
from portal.home.forms import RepresentForm

blueprint = Blueprint("home", __name__)


@blueprint.get("/my")
@open_to(Role.PATIENT)
def show():
    with transaction(current_actor()) as session:
        home = open_home(session)
    ways = {each.delegation_id: RepresentForm.of(each) for each in home.represented if each.standing.lives}
    return render_template("portal/home/show.html", home=home, ways=ways)
