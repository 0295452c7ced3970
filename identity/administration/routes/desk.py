"""The administrator's first page: the facilities, and what was changed last of whose rights."""

from flask import Blueprint, render_template

from foundation.database.transactions import transaction
from identity.administration.forms import StaffSearchForm
from identity.administration.queries import registers
from identity.authorization import current_actor, open_to
from identity.roles import ROLE_NAMES, Role

blueprint = Blueprint("administration", __name__)


@blueprint.get("/administration")
@open_to(Role.ADMINISTRATOR)
def show():
    with transaction(current_actor()) as session:
        found = registers(session)
    return render_template(
        "identity/administration/show.html", found=found, form=StaffSearchForm(), role_names=ROLE_NAMES
    )
