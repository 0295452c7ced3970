"""Long forms that arrive when their author's session has ended, at whatever address of the desk they were sent to."""

from collections.abc import Mapping
from uuid import UUID

from flask import url_for
from werkzeug.datastructures import MultiDict

from emr.drafts.actions import Typed, keep_unsent_form
from emr.drafts.enumerations import DraftForm
from emr.drafts.forms import UnsentForm, typed_fields
from emr.drafts.tickets import ticket_in
from foundation.clock import now
from foundation.database.transactions import transaction
from foundation.errors import Refusal


def answer_unsent_form(sent: Mapping[str, str]) -> str:
    """Keep a long form for its author, whom its ticket names.

    Returns:
        The page on which its author finds it again, once they are signed in; "" where nothing was kept.
    """
    ticket = ticket_in(sent, at=now())
    if ticket is None:
        return ""
    form = UnsentForm(MultiDict(sent))
    seen_version = (form.draft_version.data or 0) if form.validate() else 0
    typed = Typed(ticket.form, typed_fields(sent), seen_version)
    try:
        with transaction(ticket.author) as session:
            kept_as = keep_unsent_form(session, ticket.patient_id, ticket.draft_id, typed)
    except Refusal:
        return ""
    return _page_of(ticket.form, ticket.patient_id, kept_as)


def _page_of(form: DraftForm, patient_id: UUID, draft_id: UUID) -> str:
    """Where a form of this kind goes on; the draft of a change is known by the entry that it changes."""
    match form:
        case DraftForm.NOTE:
            return url_for("emr.new_notes.edit", patient_id=patient_id, draft_id=draft_id)
        case DraftForm.CHANGE:
            return url_for("emr.notes.edit", entry_id=draft_id)
        case DraftForm.REFERRAL:
            return url_for("emr.new_referrals.edit", patient_id=patient_id, draft_id=draft_id)
