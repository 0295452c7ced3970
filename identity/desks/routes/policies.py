"""Who may see what of whom, as a table for those who answer for it."""

from flask import Blueprint, render_template

from identity.authorization import open_to
from identity.desks.forms import THING_WORDS, deeds_in_words
from identity.roles import ROLE_NAMES, STAFF_ROLES, Role

blueprint = Blueprint("policies", __name__, url_prefix="/privacy")


@blueprint.get("/policy")
@open_to(Role.PRIVACY_OFFICER, Role.ADMINISTRATOR, Role.FACILITY_HEAD)
def show():
    return render_template(
        "identity/desks/policies/show.html",
        names=ROLE_NAMES,
        things=THING_WORDS,
        rows={role: deeds_in_words(role) for role in STAFF_ROLES},
    )
