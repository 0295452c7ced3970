"""The form that keeps a draft, the one that discards it, and what a long form says of whose it is."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag
from wtforms import HiddenField, validators
from wtforms.validators import InputRequired, NumberRange, Optional

from emr.drafts.enumerations import DraftForm
from emr.drafts.rules import DRAFT_KEPT_FOR, UNSENT_FORM_ACCEPTED_FOR
from foundation.clock import now
from foundation.identifiers import new_id
from foundation.sealing import seal, unseal
from foundation.web.forms import BaseForm, IdempotentForm, QueryForm, SelectChoice, SelectField, VersionField
from foundation.web.own_addresses import SENT_FROM
from identity.authorization import current_actor

TICKET = "draft_ticket"
# What guards a form, says which draft it is, or which button was pressed: no text of the author's.
NOT_TYPED = (
    "csrf_token",
    SENT_FROM,
    "idempotency_key",
    "draft_id",
    "draft_version",
    "draft_form",
    TICKET,
    "next",
)


def typed_fields(sent: Mapping[str, str]) -> dict[str, str]:
    """What the author typed, by the names of the form's fields; line ends as everywhere else."""
    return {
        name: text.replace("\r\n", "\n").replace("\r", "\n")
        for name, text in sent.items()
        if name not in NOT_TYPED
    }


def version_field() -> VersionField:
    """Which version of the draft the page knows; 0 where none was kept yet."""
    return VersionField(default=0, validators=[Optional(), NumberRange(min=0)])


@dataclass(frozen=True, slots=True)
class Ticket:
    """Whose draft of what a form is: sealed by us when it was opened, so that nobody sends a text in another's name.

    It opens nothing. With it a text is kept for its author, whether or not their session still lives when it is sent.
    """

    author_id: UUID
    facility_id: UUID
    patient_id: UUID
    draft_id: UUID
    form: DraftForm
    opened_at: datetime

    def sealed(self) -> str:
        words = (str(each) for each in (self.author_id, self.facility_id, self.patient_id, self.draft_id))
        return urlsafe_b64encode(
            seal("|".join([TICKET, *words, self.form.value, self.opened_at.isoformat()]))
        ).decode()


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


class DraftedForm(IdempotentForm):
    """A long form, whose text is kept while it is typed.

    `draft_id` is made when the form is opened: whatever it makes is known by it, so that it is made once.
    """

    KEPT_DAYS = DRAFT_KEPT_FOR.days

    draft_id = HiddenField(default=lambda: str(new_id()), validators=[validators.UUID()])
    draft_version = version_field()

    def ticket(self, patient_id: UUID, form: str) -> str:
        """What a form says of whose it is, for whoever is signed in now."""
        actor = current_actor()
        if actor.staff_id is None or actor.facility_id is None or self.draft_id.errors:
            return ""
        draft_id = UUID(self.draft_id.data)
        return Ticket(
            actor.staff_id, actor.facility_id, patient_id, draft_id, DraftForm(form), now()
        ).sealed()

    def renew_draft(self) -> None:
        """Go on as another draft, which nothing was made of yet."""
        self.draft_id.process_data(str(new_id()))
        self.draft_version.process_data(0)
        self.draft_id.raw_data = self.draft_version.raw_data = None

    @property
    def typed(self) -> dict[str, object]:
        return {name: value for name, value in super().typed.items() if name not in NOT_TYPED}


class UnsentForm(QueryForm):
    """What a long form says of its draft, of one that is guarded by its ticket."""

    draft_version = version_field()


class SaveDraftForm(BaseForm):
    draft_version = version_field()
    draft_form = SelectField(
        choices=[SelectChoice(each.value) for each in DraftForm], validators=[InputRequired()]
    )


class DiscardForm(IdempotentForm):
    draft_version = version_field()
