"""The list of where the reader is signed in; one for citizens, one for staff."""

from flask import Blueprint, render_template

from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import sentence_of
from identity.authorization import current_actor, open_to, open_to_staff
from identity.devices.forms import SignOutElsewhereForm
from identity.roles import Role
from identity.sessions.queries.devices import devices_of_reader
from identity.signing_in.routes.sign_in_sides import current_side, providers

blueprint = Blueprint("devices", __name__)
staff_blueprint = Blueprint("staff_devices", __name__, url_prefix="/staff")


@blueprint.get("/my/devices")
@open_to(Role.PATIENT)
def index():
    return devices_page()


@staff_blueprint.get("/devices", endpoint="index")
@open_to_staff
def index_of_staff():
    return devices_page()


def devices_page(refusal: Refusal | None = None) -> str:
    """The list, told what was refused."""
    with transaction(current_actor()) as session:
        devices = devices_of_reader(session)
    return render_template(
        "identity/devices/devices/index.html",
        side=current_side(),
        devices=devices,
        providers={name: party.profile.title for name, party in providers().by_name.items()},
        form=SignOutElsewhereForm(),
        sentence=sentence_of(refusal),
    )
