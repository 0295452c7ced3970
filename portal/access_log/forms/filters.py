"""Whose acts a person wants to see, on what, and of which days."""

from typing import cast
from uuid import UUID

from wtforms import DateField, StringField, validators
from wtforms.validators import AnyOf, NumberRange, Optional

from foundation.clock import today
from foundation.web.forms import LARGEST_NUMBER, NumberField, QueryForm, in_calendar
from portal.access_log.enumerations import Accessed, AccessLogFilter
from portal.access_log.queries import AccessWanted


class AccessLogForm(QueryForm):
    """A day alone asks for that day; with a last day, for all from the first to the last of them."""

    whose = StringField(validators=[Optional(), AnyOf(list(AccessLogFilter))])
    on = DateField(validators=[Optional(), in_calendar])
    until = DateField(validators=[Optional(), in_calendar])
    person = StringField(validators=[Optional(), validators.UUID()])
    thing = StringField(validators=[Optional(), AnyOf(list(Accessed))])
    before = NumberField(validators=[Optional(), NumberRange(min=1, max=LARGEST_NUMBER)])

    @classmethod
    def wanted(cls, address) -> AccessWanted:
        """What an address asks for."""
        asked = cls.read(address)
        return AccessWanted(
            shown=AccessLogFilter(asked["whose"] or AccessLogFilter.OTHERS),
            thing=Accessed(asked["thing"]) if asked["thing"] else None,
            person_id=UUID(asked["person"]) if asked["person"] else None,
            first_day=asked["on"],
            last_day=asked["until"] or asked["on"],
            before=cast("int | None", asked["before"]),
        )


def is_to_come(wanted: AccessWanted) -> bool:
    """Whether no day of what is asked for has come yet."""
    return wanted.first_day is not None and wanted.first_day > today()
