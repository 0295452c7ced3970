"""Linking an account to a record whose person stands at the desk with their document, and ending a link."""

from uuid import UUID

from flask import Blueprint, request

from foundation.language.translation import gettext
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.confirmations.actions import end_link
from identity.confirmations.enumerations import LinkEndReason
from identity.registry.actions import link_request
from identity.registry.forms import END_PREFIX, EndLinkForm, LinkForm
from identity.registry.routes.patients import patient_page
from identity.registry.routes.requests import request_page
from identity.roles import Role

blueprint = Blueprint("links", __name__, url_prefix="/registry")


@blueprint.post("/requests/<uuid:request_id>/link")
@open_to(Role.REGISTRAR)
def create(request_id: UUID):
    form = LinkForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: link_request(
            session, request_id, patient_id=UUID(form.patient.data), seen=form.seen
        ),
        done=lambda _made: redirect_to(
            "identity.registry.show", gettext("Linked. The person signs in again, and their record opens.")
        ),
        again=lambda refusal: request_page(request_id, refusal, link_form=form),
    )


@blueprint.post("/patients/<uuid:patient_id>/link-end")
@open_to(Role.REGISTRAR)
def end(patient_id: UUID):
    form = EndLinkForm(request.form, prefix=END_PREFIX)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: end_link(
            session, patient_id, UUID(form.link.data), reason=LinkEndReason(form.reason.data)
        ),
        done=lambda _ended: redirect_to(
            "identity.registry_patients.show",
            gettext("The account opens this record no more. It is signed out everywhere."),
            patient_id=patient_id,
        ),
        again=lambda refusal: patient_page(patient_id, refusal, end_form=form),
    )
