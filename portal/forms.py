"""What a person may narrow a page by. These forms only read, so they need no guard against forgery."""

from typing import Any

from wtforms import Form, StringField
from wtforms.validators import AnyOf, Length, NumberRange, Optional

from emr.queries import ALL_KINDS, KIND_TEXTS
from foundation.forms import LARGEST_NUMBER, NumberField
from foundation.language import FormTranslations
from portal.rules.access import Whose


class ReadingForm(Form):
    """A form sent by GET; what cannot be understood narrows nothing, so that an old link still shows a page."""

    class Meta:
        def get_translations(self, _form: Form) -> FormTranslations:
            return FormTranslations()

    @property
    def understood(self) -> dict[str, Any]:
        """What was asked for; fields that hold nonsense count as empty."""
        self.validate()
        return {field.name: None if field.errors else field.data for field in self}


class TimelineForm(ReadingForm):
    kind = StringField(
        validators=[Optional(), AnyOf([*KIND_TEXTS, ALL_KINDS])], filters=[lambda kind: kind or None]
    )
    year = NumberField(validators=[Optional(), NumberRange(min=1850, max=2200)])
    before = StringField(validators=[Optional(), Length(max=80)])


class AccessLogForm(ReadingForm):
    whose = StringField(validators=[Optional(), AnyOf(list(Whose))])
    before = NumberField(validators=[Optional(), NumberRange(min=1, max=LARGEST_NUMBER)])
