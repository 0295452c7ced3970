"""The form that keeps a draft, the one that discards it, and what every long form says of its draft."""

from collections.abc import Mapping

from wtforms import HiddenField, validators
from wtforms.validators import InputRequired, NumberRange, Optional

from emr.drafts.enumerations import DraftForm
from emr.drafts.rules import DRAFT_KEPT_FOR
from emr.drafts.tickets import TICKET
from foundation.identifiers import new_id
from foundation.web.forms import BaseForm, IdempotentForm, SelectChoice, SelectField, VersionField
from foundation.web.own_addresses import SENT_FROM

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


class DraftedForm(IdempotentForm):
    """A long form, whose text is kept while it is typed.

    `draft_id` is made when the form is opened: whatever it makes is known by it, so that it is made once.
    `ticket` is sealed by whoever shows the form: whose it is (`emr/drafts/tickets.py`).
    """

    KEPT_DAYS = DRAFT_KEPT_FOR.days
    ticket = ""

    draft_id = HiddenField(default=lambda: str(new_id()), validators=[validators.UUID()])
    draft_version = version_field()

    def renew_draft(self) -> None:
        """Go on as another draft, which nothing was made of yet."""
        self.draft_id.process_data(str(new_id()))
        self.draft_version.process_data(0)
        self.draft_id.raw_data = self.draft_version.raw_data = None

    @property
    def typed(self) -> dict[str, object]:
        """As it was sent, word for word: a form that arrives once more is known by it, also where nobody is signed in."""
        sent = {field.name: str(field.raw_data[0]) for field in self if field.raw_data}
        return dict(typed_fields(sent))


class SaveDraftForm(BaseForm):
    draft_version = version_field()
    draft_form = SelectField(
        choices=[SelectChoice(each.value) for each in DraftForm], validators=[InputRequired()]
    )


class DiscardForm(IdempotentForm):
    draft_version = version_field()
