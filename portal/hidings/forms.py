"""Hiding an entry is confirmed by a box; showing it again is one press."""

from wtforms import BooleanField
from wtforms.validators import InputRequired

from foundation.language.translation import lazy
from foundation.web.forms import IdempotentForm


class HidingForm(IdempotentForm):
    """One press, once."""


class HideForm(HidingForm):
    sure = BooleanField(
        lazy("I have read what this means"),
        validators=[InputRequired(lazy("Tick the box: hiding an entry can harm your treatment."))],
    )
