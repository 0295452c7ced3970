"""The form that keeps a draft, and the one that discards it."""

from collections.abc import Mapping

from wtforms import HiddenField
from wtforms.validators import UUID, InputRequired, NumberRange, Optional

from emr.drafts.enumerations import DraftForm
from emr.drafts.rules import KEPT
from foundation.identifiers import new_id
from foundation.web.forms import BaseForm, IdempotentForm, SelectChoice, SelectField, VersionField

# What guards a form, says which draft it is, or which button was pressed: no text of the author's.
NOT_TYPED = ("csrf_token", "idempotency_key", "draft_id", "draft_version", "draft_form", "next")


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
    """

    KEPT_DAYS = KEPT.days

    draft_id = HiddenField(default=lambda: str(new_id()), validators=[UUID()])
    draft_version = version_field()

    @property
    def typed(self) -> dict[str, object]:
        return {name: value for name, value in super().typed.items() if name not in NOT_TYPED}


class SaveDraftForm(BaseForm):
    draft_version = version_field()
    draft_form = SelectField(
        choices=[SelectChoice(each.value) for each in DraftForm], validators=[InputRequired()]
    )


class DiscardForm(IdempotentForm):
    draft_version = version_field()
