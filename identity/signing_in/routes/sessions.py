"""How long the reader stays signed in, asked by their pages: asking prolongs nothing, the press of a button does."""

from dataclasses import replace

from flask import Blueprint, jsonify
from flask_login import current_user

from foundation.clock import now
from identity.authorization import open_to, open_to_staff
from identity.roles import Role
from identity.sessions.actions.session_activity import record_activity

blueprint = Blueprint("sessions", __name__)
staff_blueprint = Blueprint("staff_sessions", __name__, url_prefix="/staff")


@blueprint.get("/my/session")
@open_to(Role.PATIENT)
def show():
    return _told(current_user.signed_in)


@staff_blueprint.get("/session", endpoint="show")
@open_to_staff
def show_to_staff():
    return _told(current_user.signed_in)


@blueprint.post("/my/session")
@open_to(Role.PATIENT)
def update():
    return _prolonged(current_user.signed_in)


@staff_blueprint.post("/session", endpoint="update")
@open_to_staff
def update_of_staff():
    return _prolonged(current_user.signed_in)


def _prolonged(signed_in):
    record_activity(signed_in.actor.session_id)
    return _told(replace(signed_in, last_seen_at=now()))


def _told(signed_in):
    left = signed_in.time_left(now())
    return jsonify(idle_s=left.idle_s, longest_s=left.longest_s, warned_s=left.warned_s)
