"""What a dispatcher ticks of those who are booked for a closed time."""

import re
from uuid import UUID

from wtforms import Field, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from dispatch_backend.schedules.rules import Move
from foundation.language.translation import lazy
from foundation.web.forms import IdempotentForm, NumberField, QueryForm

_uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_move = re.compile(f"({_uuid})_([0-9]{{1,9}})_({_uuid})", re.ASCII).fullmatch


class DisplacedPageForm(QueryForm):
    """Which page of the list."""

    page = NumberField(validators=[Optional(), NumberRange(1, 10_000)])


class MoveDisplacedForm(IdempotentForm):
    """Moves what is ticked, each to the slot that its line shows."""

    moves = SelectMultipleField(
        lazy("To be moved"),
        choices=[],
        validate_choice=False,
        validators=[InputRequired(lazy("Tick who is to be moved."))],
    )

    def validate_moves(self, field: Field) -> None:
        """Each names a booking, a version and a slot."""
        if not all(_move(each) for each in field.data):
            raise ValidationError(lazy("Tick who is to be moved."))

    @property
    def asked(self) -> list[Move]:
        """What was ticked, once the form is valid."""
        found = (_move(each) for each in self.moves.data or ())
        return [Move(UUID(each[1]), int(each[2]), UUID(each[3])) for each in found if each]
