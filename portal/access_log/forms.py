"""Whose acts a person wants to see."""

from wtforms import DateField, StringField
from wtforms.validators import AnyOf, NumberRange, Optional

from foundation.web.forms import LARGEST_NUMBER, NumberField, QueryForm, in_calendar
from portal.access_log.enumerations import AccessLogFilter


class AccessLogForm(QueryForm):
    whose = StringField(validators=[Optional(), AnyOf(list(AccessLogFilter))])
    on = DateField(validators=[Optional(), in_calendar])
    before = NumberField(validators=[Optional(), NumberRange(min=1, max=LARGEST_NUMBER)])
