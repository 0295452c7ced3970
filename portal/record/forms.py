"""What a person may narrow a page by."""

from wtforms import StringField
from wtforms.validators import AnyOf, Length, NumberRange, Optional

from emr.entries.rules.kinds import KIND_WORDS
from emr.timeline.queries.timeline import ALL_KINDS
from foundation.web.forms import LARGEST_NUMBER, NumberField, ReadingForm
from portal.access_log.rules import Whose


class TimelineForm(ReadingForm):
    kind = StringField(
        validators=[Optional(), AnyOf([*KIND_WORDS, ALL_KINDS])], filters=[lambda kind: kind or None]
    )
    year = NumberField(validators=[Optional(), NumberRange(min=1850, max=2200)])
    before = StringField(validators=[Optional(), Length(max=80)])


class AccessLogForm(ReadingForm):
    whose = StringField(validators=[Optional(), AnyOf(list(Whose))])
    before = NumberField(validators=[Optional(), NumberRange(min=1, max=LARGEST_NUMBER)])
