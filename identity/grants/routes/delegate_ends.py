"""One press ends a right: whoever gave it takes it back, whoever holds it gives it back, and an offer is withdrawn."""

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from foundation.actor import Actor
from foundation.database.transactions import transaction
from foundation.language.translation import gettext
from foundation.web.form_submission import Act, answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.grants.actions import give_back, revoke_offer, right_to_give_back, take_back
from identity.grants.forms import EndRightForm
from identity.grants.routes.delegates import delegates_page
from identity.roles import Role

blueprint = Blueprint("delegate_ends", __name__)


@blueprint.post("/my/delegates/rights/<uuid:delegation_id>/end")
@open_to(Role.PATIENT)
def create(delegation_id: UUID):
    message = gettext("This person may act for you no more, from this moment on.")
    return _answer(current_actor(), lambda session: take_back(session, delegation_id), message)


@blueprint.post("/my/delegates/offers/<uuid:offer_id>/revocation")
@open_to(Role.PATIENT)
def revoke(offer_id: UUID):
    message = gettext("The offer is withdrawn.")
    return _answer(current_actor(), lambda session: revoke_offer(session, offer_id), message)


@blueprint.post("/my/represented/<uuid:delegation_id>/end")
@open_to(Role.PATIENT)
def give(delegation_id: UUID):
    with transaction(current_actor()) as session:
        acting = right_to_give_back(session, delegation_id)
    return _answer(acting, give_back, gettext("You act for this person no more."))


def _answer(actor: Actor, act: Act, message: str) -> ResponseReturnValue:
    return answer_form(
        EndRightForm(request.form),
        actor=actor,
        act=act,
        done=lambda _id: redirect_to("identity.delegates.index", message),
        again=delegates_page,
    )
