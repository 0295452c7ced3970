"""What a long form says of whose it is: sealed by us, so that nobody sends a text in another's name."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag

from emr.drafts.enumerations import DraftForm
from emr.drafts.rules import UNSENT_FORM_ACCEPTED_FOR
from foundation.actor import Actor, ActorKind
from foundation.sealing import seal, unseal
from identity.roles import Role

TICKET = "draft_ticket"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Whose draft of what a form is, and when the form was opened.

    It opens nothing. With it a text is kept for its author, whether or not their session still lives when it is sent.
    """

    author_id: UUID
    facility_id: UUID
    patient_id: UUID
    draft_id: UUID
    form: DraftForm
    opened_at: datetime

    @property
    def author(self) -> Actor:
        """Who opened the form, without the session of then."""
        return Actor(
            ActorKind.STAFF, staff_id=self.author_id, facility_id=self.facility_id, role=Role.DOCTOR.value
        )

    def sealed(self) -> str:
        words = (str(each) for each in (self.author_id, self.facility_id, self.patient_id, self.draft_id))
        return urlsafe_b64encode(
            seal("|".join([TICKET, *words, self.form.value, self.opened_at.isoformat()]))
        ).decode()


def sealed_ticket(
    actor: Actor, patient_id: UUID, form: DraftForm, draft_id: str | None, *, at: datetime
) -> str:
    """The ticket of a form that is shown to this doctor; "" where it says no draft, as one that was sent without."""
    if actor.staff_id is None or actor.facility_id is None:
        return ""
    try:
        known_by = UUID(draft_id or "")
    except ValueError:
        return ""
    return Ticket(actor.staff_id, actor.facility_id, patient_id, known_by, form, at).sealed()


def ticket_in(sent: Mapping[str, str], *, at: datetime) -> Ticket | None:
    """The ticket of a form that was sent; None for one that we did not seal, or too long ago."""
    try:
        purpose, *ids, form, opened_at = unseal(urlsafe_b64decode(sent.get(TICKET, ""))).split("|")
        if purpose != TICKET:
            return None
        author_id, facility_id, patient_id, draft_id = (UUID(each) for each in ids)
        opened = datetime.fromisoformat(opened_at)
        ticket = Ticket(author_id, facility_id, patient_id, draft_id, DraftForm(form), opened)
    except (ValueError, InvalidTag):
        return None
    return ticket if ticket.opened_at > at - UNSENT_FORM_ACCEPTED_FOR else None
