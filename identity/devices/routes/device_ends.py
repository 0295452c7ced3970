"""Signing out on one other device, or on all of them."""

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from foundation.language.translation import gettext
from foundation.web.form_submission import Act, answer_form, redirect_to
from identity.authorization import current_actor, open_to, open_to_staff
from identity.devices.actions import sign_out_elsewhere, sign_out_everywhere_else
from identity.devices.forms import SignOutElsewhereForm
from identity.devices.routes.devices import devices_page
from identity.roles import Role
from identity.signing_in.routes.sign_in_sides import current_side

blueprint = Blueprint("device_ends", __name__)
staff_blueprint = Blueprint("staff_device_ends", __name__, url_prefix="/staff")


@blueprint.post("/my/devices/<uuid:session_id>/end")
@open_to(Role.PATIENT)
def create(session_id: UUID):
    return _end_one(session_id)


@staff_blueprint.post("/devices/<uuid:session_id>/end", endpoint="create")
@open_to_staff
def create_of_staff(session_id: UUID):
    return _end_one(session_id)


@blueprint.post("/my/devices/ends")
@open_to(Role.PATIENT)
def create_all():
    return _end_others()


@staff_blueprint.post("/devices/ends", endpoint="create_all")
@open_to_staff
def create_all_of_staff():
    return _end_others()


def _end_one(session_id: UUID) -> ResponseReturnValue:
    return _answer(lambda session: sign_out_elsewhere(session, session_id), gettext("Signed out there."))


def _end_others() -> ResponseReturnValue:
    return _answer(sign_out_everywhere_else, gettext("Signed out everywhere but here."))


def _answer(act: Act, message: str) -> ResponseReturnValue:
    list_of_side = f"identity.{'staff_' if current_side().staff else ''}devices.index"
    return answer_form(
        SignOutElsewhereForm(request.form),
        actor=current_actor(),
        act=act,
        done=lambda _id: redirect_to(list_of_side, message),
        again=devices_page,
    )
