"""A citizen's referrals and bookings."""

from flask import Blueprint, render_template

from foundation.database.transactions import transaction
from identity.access.enumerations import Scope
from identity.authorization import current_actor, open_to
from identity.roles import Role
from portal.dispatch.actions import open_dispatch

blueprint = Blueprint("dispatch", __name__)


@blueprint.get("/my/dispatch")
@open_to(Role.PATIENT, scope=Scope.BOOKINGS)
def show():
    with transaction(current_actor()) as session:
        history = open_dispatch(session)
    return render_template("portal/dispatch/show.html", history=history)
