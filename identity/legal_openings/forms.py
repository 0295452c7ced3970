"""What a privacy officer types: what the law opens to whom, and that it ends. And its words."""

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from wtforms import DateField, StringField, validators
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from foundation.language.translation import lazy
from foundation.web.forms import IdempotentForm, SelectChoice, SelectField, in_calendar
from identity.access.enumerations import Thing
from identity.access.rules.policy import BY_LAW
from identity.legal_openings.enumerations import OpeningState
from identity.roles import ROLE_NAMES

LONGEST = 500
# In the place of a facility.
EVERYWHERE = "everywhere"
TOO_LONG = lazy("That is too long.")
# In the order of a record.
OPENED_WORDS = {
    Thing.REFERRALS: lazy("Referrals"),
    Thing.BOOKINGS: lazy("Bookings"),
    Thing.ENTRIES: lazy("Entries of the record"),
    Thing.IMAGES: lazy("Images"),
}
STATE_WORDS = {
    OpeningState.TO_COME: lazy("To come"),
    OpeningState.IN_FORCE: lazy("In force"),
    OpeningState.OVER: lazy("Over"),
}


def _in_one_line(typed: str | None) -> str:
    return re.sub(" +", " ", typed or "").strip(" ")


def _text(label: Any, missing: Any, hint: Any = "") -> StringField:
    return StringField(
        label,
        description=hint,
        filters=[_in_one_line],
        validators=[DataRequired(missing), Length(max=LONGEST, message=TOO_LONG)],
    )


def _everywhere_or_one(form: Any, field: Any) -> None:
    """Everywhere is chosen too: what somebody forgot opens nothing in the whole region."""
    if field.data != EVERYWHERE:
        validators.UUID(message=lazy("Choose the facility."))(form, field)


class LegalOpeningForm(IdempotentForm):
    role = SelectField(
        lazy("Role"),
        choices=[
            SelectChoice("", lazy("Choose")),
            *(SelectChoice(each.value, ROLE_NAMES[each]) for each in BY_LAW),
        ],
        validators=[InputRequired(lazy("Choose the role."))],
    )
    thing = SelectField(
        lazy("What it opens, to be read"),
        choices=[
            SelectChoice("", lazy("Choose")),
            *(SelectChoice(each.value, words) for each, words in OPENED_WORDS.items()),
        ],
        validators=[InputRequired(lazy("Choose what it opens."))],
    )
    facility = SelectField(
        lazy("Facility where they work"),
        choices=[],
        # That there is one is the action's to say.
        validate_choice=False,
        validators=[InputRequired(lazy("Choose the facility.")), _everywhere_or_one],
    )
    basis_ru = _text(
        lazy("Legal basis, in Russian"),
        lazy("Name the law in Russian."),
        lazy("The act with its number and article; the patient reads it beside each access"),
    )
    basis_en = _text(lazy("Legal basis, in English"), lazy("Name the law in English."))
    first_day = DateField(
        lazy("First day"),
        description=lazy("Today at once, another day from its midnight on"),
        validators=[InputRequired(lazy("Choose the first day.")), in_calendar],
    )
    last_day = DateField(
        lazy("Last day"),
        description=lazy("Empty while no end is known"),
        validators=[Optional(), in_calendar],
    )

    def offer(self, facilities: Iterable[tuple[UUID, Any]]) -> None:
        """One choice for each facility, and one for all."""
        choices = [SelectChoice(str(facility_id), name) for facility_id, name in facilities]
        every = SelectChoice(EVERYWHERE, lazy("Every facility"))
        self.facility.choices = [SelectChoice("", lazy("Choose")), every, *choices]

    @property
    def facility_id(self) -> UUID | None:
        """Of a valid form; None for every facility."""
        return None if self.facility.data == EVERYWHERE else UUID(self.facility.data)


class EndLegalOpeningForm(IdempotentForm):
    last_day = DateField(
        lazy("Last day"),
        description=lazy("Empty: it ends at once, and what is open by it closes"),
        validators=[Optional(), in_calendar],
    )
    reason = _text(lazy("On what grounds"), lazy("Say on what grounds."))
