"""Linking nothing to whoever asked, and saying why."""

from uuid import UUID

from flask import Blueprint, request

from foundation.language.translation import gettext
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.record_requests.enumerations import RefusalReason
from identity.registry.actions import answer_no
from identity.registry.forms import REFUSAL_PREFIX, RefuseForm
from identity.registry.routes.requests import request_page
from identity.roles import Role

blueprint = Blueprint("request_refusals", __name__)


@blueprint.post("/registry/requests/<uuid:request_id>/refusal")
@open_to(Role.REGISTRAR)
def create(request_id: UUID):
    form = RefuseForm(request.form, prefix=REFUSAL_PREFIX)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: answer_no(session, request_id, reason=RefusalReason(form.reason.data)),
        done=lambda _made: redirect_to(
            "identity.registry.show", gettext("Nothing was linked. The person reads why when they sign in.")
        ),
        again=lambda refusal: request_page(request_id, refusal, refuse_form=form),
    )
