"""What a person narrows their record by."""

from wtforms import StringField
from wtforms.validators import AnyOf, Length, NumberRange, Optional

from emr.entries.enumerations import KIND_WORDS
from emr.timeline.queries.timeline import ALL_KINDS
from foundation.web.forms import NumberField, QueryForm


class TimelineForm(QueryForm):
    kind = StringField(
        validators=[Optional(), AnyOf([*KIND_WORDS, ALL_KINDS])], filters=[lambda kind: kind or None]
    )
    year = NumberField(validators=[Optional(), NumberRange(min=1850, max=2200)])
    before = StringField(validators=[Optional(), Length(max=80)])
