"""What a page's script asks before it speaks to the device: JSON as browsers take it."""

from collections.abc import Callable

from flask import Blueprint, Response, request
from flask_login import current_user

from foundation.database.transactions import ActorSession, transaction
from foundation.errors import BadInput
from foundation.web.current_settings import current_settings
from identity.authorization import current_actor, open_to_staff
from identity.second_factors.actions.passkeys import begin_registration
from identity.second_factors.actions.step_ups import begin_step_up
from identity.second_factors.forms import CeremonyForm
from identity.second_factors.rules.sites import Site, site_of

blueprint = Blueprint("passkey_challenges", __name__, url_prefix="/staff")


@blueprint.post("/passkeys/challenges")
@open_to_staff
def create():
    name = str(current_user.signed_in.full_name)
    return _asked(lambda session, site: begin_registration(session, site, user_name=name))


@blueprint.post("/second-factor/challenges")
@open_to_staff
def create_to_step_up():
    return _asked(begin_step_up)


def _asked(begin: Callable[[ActorSession, Site], str]) -> Response:
    """Raises BadInput: another site has sent this, or the page is of yesterday."""
    if not CeremonyForm(request.form).validate():
        raise BadInput("This form has expired. Open the page again and repeat.")
    with transaction(current_actor()) as session:
        options = begin(session, site_of(current_settings().public_url))
    return Response(options, content_type="application/json")
