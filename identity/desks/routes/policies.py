"""Who may see what of whom, as a table for those who answer for it."""

from flask import Blueprint, render_template

from foundation.database.transactions import transaction
from identity.authorization import current_actor, open_to
from identity.desks.forms import THING_WORDS, deeds_in_words, openable_in_words
from identity.legal_openings.forms import OPENED_WORDS, STATE_WORDS
from identity.legal_openings.queries import legal_openings
from identity.roles import ROLE_NAMES, STAFF_ROLES, Role

blueprint = Blueprint("policies", __name__, url_prefix="/privacy")


@blueprint.get("/policy")
@open_to(Role.PRIVACY_OFFICER, Role.ADMINISTRATOR, Role.FACILITY_HEAD)
def show():
    with transaction(current_actor()) as session:
        found = legal_openings(session)
    return render_template(
        "identity/desks/policies/show.html",
        names=ROLE_NAMES,
        things=THING_WORDS,
        openable={role: openable_in_words(role) for role in STAFF_ROLES},
        found=found,
        opened_things=OPENED_WORDS,
        states=STATE_WORDS,
        rows={role: deeds_in_words(role) for role in STAFF_ROLES},
    )
