"""The desk that every member of staff has."""

from flask import Blueprint, render_template

from identity.authorization import current_actor, open_to
from identity.desks.forms import THING_WORDS, deeds_in_words
from identity.roles import DISPATCHING, ROLE_NAMES, STAFF_ROLES, Role

blueprint = Blueprint("desks", __name__, url_prefix="/staff")

OF_THEIR_OWN = (
    Role.DOCTOR,
    Role.NURSE,
    Role.PRIVACY_OFFICER,
    Role.REGISTRAR,
    Role.ADMINISTRATOR,
    Role.TRIAGER,
    Role.RADIOLOGIST,
    Role.MINISTRY_ANALYST,
    Role.SCHEDULE_KEEPER,
    *DISPATCHING,
)


@blueprint.get("/desk")
@open_to(*(role for role in STAFF_ROLES if role not in OF_THEIR_OWN))
def show():
    role = Role(current_actor().role)
    return render_template(
        "identity/desks/desks/show.html",
        role_name=ROLE_NAMES[role],
        things=THING_WORDS,
        deeds=deeds_in_words(role),
    )
