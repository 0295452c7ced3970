"""Somebody asks for their record to be found: who it is, and whom they may be."""

from uuid import UUID

from flask import Blueprint, render_template

from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import sentence_of
from identity.authorization import current_actor, open_to
from identity.registry.actions import open_request
from identity.registry.forms import REFUSAL_PREFIX, LinkForm, RefuseForm
from identity.roles import Role

blueprint = Blueprint("registry_requests", __name__)


@blueprint.get("/registry/requests/<uuid:request_id>")
@open_to(Role.REGISTRAR)
def show(request_id: UUID):
    return request_page(request_id)


def request_page(
    request_id: UUID,
    refusal: Refusal | None = None,
    *,
    link_form: LinkForm | None = None,
    refuse_form: RefuseForm | None = None,
) -> str:
    """The page of a request, with what was typed. Raises NotFound."""
    with transaction(current_actor()) as session:
        opened = open_request(session, request_id)
    form = link_form or LinkForm()
    form.offer((each.patient.id, each.patient.full_name) for each in opened.candidates)
    return render_template(
        "identity/registry/requests/show.html",
        opened=opened,
        form=form,
        refuse_form=refuse_form or RefuseForm(prefix=REFUSAL_PREFIX),
        wrong=refuse_form or form,
        sentence=sentence_of(refusal),
    )
