"""Keeping what is typed: a form's script sends it, as often as the author pauses."""

from uuid import UUID

from flask import Blueprint, jsonify, request

from emr.drafts.actions import DraftsFull, Typed, save_draft
from emr.drafts.enumerations import DraftForm
from emr.drafts.forms import SaveDraftForm, typed_fields
from emr.drafts.tickets import sealed_ticket
from foundation.clock import now
from foundation.database.transactions import transaction
from foundation.errors import BadInput
from foundation.language.translation import filters_in, gettext, reader_locale
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("drafts", __name__)


@blueprint.post("/patients/<uuid:patient_id>/drafts/<uuid:draft_id>")
@open_to(Role.DOCTOR)
def update(patient_id: UUID, draft_id: UUID):
    form = SaveDraftForm(request.form)
    if not form.validate():
        raise BadInput("This form has expired. Open the page again and repeat.")
    typed = Typed(
        DraftForm(form.draft_form.data), typed_fields(request.form), seen_version=form.draft_version.data or 0
    )
    told = filters_in(reader_locale())
    try:
        with transaction(current_actor()) as session:
            version = save_draft(session, patient_id, draft_id, typed)
    except DraftsFull as refusal:
        values = {**refusal.values, "moment": told["day_time"](refusal.moment)}
        sentence = gettext(refusal.sentence, **values)
        return jsonify(sentence=sentence), refusal.status
    ticket = sealed_ticket(
        current_actor(), patient_id, typed.form, str(draft_id), seen_version=version, at=now()
    )
    return jsonify(version=version, ticket=ticket, time=told["clock_time"](now()))
