"""The registrar's first page: who waits."""

from flask import Blueprint, current_app, render_template

from foundation.database.transactions import transaction
from identity.authorization import current_actor, open_to
from identity.registry.actions import open_registry
from identity.registry.forms import IdentityForm
from identity.roles import Role

blueprint = Blueprint("registry", __name__)


@blueprint.get("/registry")
@open_to(Role.REGISTRAR)
def show():
    with transaction(current_actor()) as session:
        desk = open_registry(session)
        # Of the room above, which this one never looks at.
        conflicts = current_app.extensions["registrars_queue"](session)
    return render_template("identity/registry/show.html", desk=desk, conflicts=conflicts, form=IdentityForm())
