"""Keeping what is typed: a form's script sends it, as often as the author pauses."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, jsonify, request, url_for
from werkzeug.datastructures import MultiDict

from emr.drafts.actions import DraftsFull, Typed, keep_unsent_text, save_draft
from emr.drafts.enumerations import DraftForm
from emr.drafts.forms import SaveDraftForm, UnsentForm, ticket_in, typed_fields
from emr.drafts.rules import MOST_DRAFTS
from foundation.actor import Actor, ActorKind
from foundation.clock import now
from foundation.database.transactions import transaction
from foundation.errors import BadInput, Refusal
from foundation.language.translation import filters_in, gettext, reader_locale
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("drafts", __name__)


PAGES = {
    DraftForm.NOTE: lambda patient_id, draft_id: url_for(
        "emr.new_notes.edit", patient_id=patient_id, draft_id=draft_id
    ),
    DraftForm.CHANGE: lambda _patient_id, entry_id: url_for("emr.notes.edit", entry_id=entry_id),
    DraftForm.REFERRAL: lambda patient_id, draft_id: url_for(
        "emr.new_referrals.edit", patient_id=patient_id, draft_id=draft_id
    ),
}


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
        sentence = gettext(
            "Not kept: you have %(most)s texts that are not finished. Finish or discard some; the oldest is of %(moment)s.",
            most=MOST_DRAFTS,
            moment=told["day_time"](refusal.oldest),
        )
        return jsonify(sentence=sentence), refusal.status
    return jsonify(version=version, time=told["clock_time"](now()))


def keep_unsent_form(sent: Mapping[str, str]) -> str:
    """Keep a long form that arrives when its author's session has ended: it names them, sealed.

    Returns:
        The page on which its author finds it again, once they are signed in; "" where nothing was kept.
    """
    ticket = ticket_in(sent, at=now())
    if ticket is None:
        return ""
    author = Actor(
        ActorKind.STAFF, staff_id=ticket.author_id, facility_id=ticket.facility_id, role=Role.DOCTOR.value
    )
    form = UnsentForm(MultiDict(sent))
    seen_version = (form.draft_version.data or 0) if form.validate() else 0
    typed = Typed(ticket.form, typed_fields(sent), seen_version)
    try:
        with transaction(author) as session:
            kept_as = keep_unsent_text(session, ticket.patient_id, ticket.draft_id, typed)
    except Refusal:
        return ""
    return PAGES[ticket.form](ticket.patient_id, kept_as)
