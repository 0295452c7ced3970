"""Discarding what was typed: the page that shows once more what will be gone, and the act."""

from uuid import UUID

from flask import Blueprint, render_template, request

from emr.drafts.actions import discard_draft, open_kept_draft
from emr.drafts.forms import DiscardForm
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("discards", __name__)


@blueprint.get("/drafts/<uuid:draft_id>/discard")
@open_to(Role.DOCTOR)
def new(draft_id: UUID):
    return _page(draft_id)


@blueprint.post("/drafts/<uuid:draft_id>/discard")
@open_to(Role.DOCTOR)
def create(draft_id: UUID):
    form = DiscardForm(request.form)
    message = gettext("Discarded. Nothing of it was kept.")
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: discard_draft(session, draft_id, seen_version=form.draft_version.data or 0),
        done=lambda patient_id: redirect_to("emr.patients.show", message, patient_id=patient_id),
        again=lambda refusal: _page(draft_id, refusal),
    )


def _page(draft_id: UUID, refusal: Refusal | None = None) -> str:
    with transaction(current_actor()) as session:
        patient, draft = open_kept_draft(session, draft_id)
    form = DiscardForm(draft_version=draft.line.version)
    return render_template(
        "emr/drafts/discards/new.html", patient=patient, draft=draft, form=form, sentence=sentence_of(refusal)
    )
