"""A patient at the registrar's desk: who it is, which accounts were linked in person, and the way to a one-time code."""

from uuid import UUID

from flask import Blueprint, render_template

from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import sentence_of
from identity.authorization import current_actor, open_to
from identity.registry.actions import open_registry_patient
from identity.registry.forms import DOCUMENT_WORDS, END_PREFIX, EndLinkForm, SeenDocumentForm
from identity.roles import Role

blueprint = Blueprint("registry_patients", __name__)


@blueprint.get("/registry/patients/<uuid:patient_id>")
@open_to(Role.REGISTRAR)
def show(patient_id: UUID):
    return patient_page(patient_id)


def patient_page(
    patient_id: UUID,
    refusal: Refusal | None = None,
    *,
    code_form: SeenDocumentForm | None = None,
    end_form: EndLinkForm | None = None,
) -> str:
    """The page of a patient, with what was typed. Raises NotFound."""
    with transaction(current_actor()) as session:
        opened = open_registry_patient(session, patient_id)
    ending = end_form or EndLinkForm(prefix=END_PREFIX)
    ending.offer(
        (each.id, f"{number}. {DOCUMENT_WORDS[each.document_kind]}")
        for number, each in enumerate(opened.links, start=1)
        if each.ended_at is None
    )
    form = code_form or SeenDocumentForm()
    return render_template(
        "identity/registry/patients/show.html",
        opened=opened,
        form=form,
        end_form=ending,
        wrong=end_form or form,
        documents=DOCUMENT_WORDS,
        sentence=sentence_of(refusal),
    )
