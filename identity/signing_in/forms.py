"""What a person chooses while signing in."""

from collections.abc import Sequence
from typing import Self
from uuid import UUID

from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired

from foundation.language.translation import lazy
from foundation.web.forms import IdempotentForm, SelectChoice
from identity.roles import ROLE_NAMES
from identity.staff.queries import Post


class ChoosePostForm(IdempotentForm):
    post = RadioField(
        lazy("Where are you working now?"), validators=[InputRequired(lazy("Choose where you work."))]
    )
    # The page that was asked for before.
    asked_for = HiddenField()

    @classmethod
    def of(cls, posts: Sequence[Post], typed: MultiDict[str, str] | None = None) -> Self:
        """The form with one choice for each post."""
        form = cls(typed)
        form.post.choices = [
            SelectChoice(str(post.id), f"{post.facility}, {ROLE_NAMES[post.role]}") for post in posts
        ]
        return form


class RepresentForm(IdempotentForm):
    """One press: on to the record of somebody for whom the reader may act."""

    delegation = HiddenField()

    @property
    def delegation_id(self) -> UUID | None:
        try:
            return UUID(self.delegation.data or "")
        except ValueError:
            return None

    def validate(self, extra_validators: object = None) -> bool:
        return super().validate(extra_validators) and self.delegation_id is not None
