"""Long forms that arrive when their author is not signed in any more, at whatever address of the desk they were sent to."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from flask import request, url_for

from emr.drafts.actions import KeptUnsent, Typed, keep_unsent_form, require_author_may_keep
from emr.drafts.enumerations import DraftForm
from emr.drafts.forms import typed_fields
from emr.drafts.tickets import Ticket, ticket_in
from foundation.actor import Actor
from foundation.clock import now
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.idempotency import answer_of
from identity.authorization import UnsentForm


def is_anothers_form(sent: Mapping[str, str], actor: Actor) -> bool:
    """Whether a long form was opened by somebody else than who is signed in, or at another place of work."""
    ticket = ticket_in(sent)
    return ticket is not None and not ticket.is_of(actor)


def answer_unsent_form(sent: Mapping[str, str]) -> UnsentForm | None:
    """Keep a long form for its author, whom its ticket names; None where nothing may be kept."""
    ticket = ticket_in(sent)
    if ticket is None or not ticket.is_accepted(at=now()):
        return None
    content = typed_fields(sent)
    body = {**content, "address": request.path}
    try:
        with transaction(ticket.author) as session:
            require_author_may_keep(session, ticket.session_id)
            made = answer_of(session, key=sent.get("idempotency_key", ""), body=body)
            if made:
                return UnsentForm(_page_of_made(ticket, made), carried_out=True)
            typed = Typed(ticket.form, content, ticket.seen_version)
            kept = keep_unsent_form(session, ticket.patient_id, ticket.draft_id, typed)
    except Refusal:
        return None
    return UnsentForm(
        _page_of(ticket, kept.draft_id), version=kept.version, ticket=_ticket_to_go_on(ticket, kept)
    )


def _ticket_to_go_on(ticket: Ticket, kept: KeptUnsent) -> str:
    """With which the page that sent the form keeps what is typed on; none where its draft was typed further elsewhere."""
    if kept.draft_id != ticket.draft_id:
        return ""
    return replace(ticket, seen_version=kept.version).sealed()


def _page_of(ticket: Ticket, draft_id: UUID) -> str:
    """Where a form of this kind goes on; the draft of a change is known by the entry that it changes."""
    match ticket.form:
        case DraftForm.NOTE:
            return url_for("emr.new_notes.edit", patient_id=ticket.patient_id, draft_id=draft_id)
        case DraftForm.CHANGE:
            return url_for("emr.notes.edit", entry_id=draft_id)
        case DraftForm.REFERRAL:
            return url_for("emr.new_referrals.edit", patient_id=ticket.patient_id, draft_id=draft_id)


def _page_of_made(ticket: Ticket, made: UUID) -> str:
    """Where that stands which came of a form that had been carried out already."""
    if ticket.form is DraftForm.REFERRAL:
        return url_for("emr.patients.show", patient_id=ticket.patient_id)
    return url_for("emr.entries.show", entry_id=made)
