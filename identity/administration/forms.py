"""What an administrator types: a member of staff, a post and its end, a facility and that it takes part no more."""

import re
from collections.abc import Iterable
from typing import Any, Self
from uuid import UUID

from wtforms import BooleanField, DateField, FloatField, StringField, validators
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from foundation.language.translation import gettext, lazy
from foundation.web.forms import (
    BaseForm,
    IdempotentForm,
    SelectChoice,
    SelectField,
    VersionField,
    in_calendar,
)
from identity.administration.queries import FacilityDetails, MemberRow
from identity.facilities.enumerations import FacilityKind
from identity.people.rules.snils import normal_snils
from identity.roles import ROLE_NAMES, STAFF_ROLES

LONGEST_NAME, LONGEST_TEXT, LONGEST_CODE, LONGEST_REASON = 100, 200, 20, 500
TOO_LONG = lazy("That is too long.")
KIND_NAMES = {
    FacilityKind.REGIONAL_HOSPITAL: lazy("Regional hospital"),
    FacilityKind.CITY_HOSPITAL: lazy("City hospital"),
    FacilityKind.DISTRICT_HOSPITAL: lazy("District hospital"),
    FacilityKind.POLYCLINIC: lazy("Polyclinic"),
    FacilityKind.VILLAGE_CLINIC: lazy("Village clinic"),
    FacilityKind.DIAGNOSTIC_CENTER: lazy("Diagnostic centre"),
    FacilityKind.DISPATCHING_CENTER: lazy("Dispatching centre"),
}
# Of several forms on one page, what the fields of a further one begin with.
CHANGE_PREFIX, CLOSING_PREFIX = "change-", "closing-"
CODE_SHAPE = r"^[A-Za-z0-9][A-Za-z0-9-]*$"


def _text(label: Any, missing: Any = None, *, longest: int = LONGEST_TEXT, **options: Any) -> StringField:
    needed = [DataRequired(missing)] if missing else [Optional()]
    length = Length(max=longest, message=TOO_LONG)
    return StringField(label, filters=[_in_one_line], validators=[*needed, length], **options)


def _in_one_line(typed: str | None) -> str:
    """Spaces alone: whatever cannot be written down is refused, not dropped."""
    return re.sub(" +", " ", typed or "").strip(" ")


class StaffSearchForm(BaseForm):
    words = StringField(
        lazy("Family name or SNILS"),
        description=lazy("The beginning of the name is enough, of the SNILS all eleven digits"),
        validators=[
            InputRequired(lazy("Type the beginning of a name, or a SNILS.")),
            Length(max=LONGEST_TEXT, message=TOO_LONG),
        ],
    )


class _NamesForm(IdempotentForm):
    family_name = _text(lazy("Family name"), lazy("Type the family name."), longest=LONGEST_NAME)
    given_name = _text(lazy("Given name"), lazy("Type the given name."), longest=LONGEST_NAME)
    middle_name = _text(lazy("Middle name, if there is one"), longest=LONGEST_NAME)
    position_ru = _text(lazy("Position, in Russian"), lazy("Type the position in Russian."))
    position_en = _text(lazy("Position, in English"), lazy("Type the position in English."))

    @property
    def told(self) -> dict[str, Any]:
        """Columns of the register by their names, of a valid form."""
        names = ("family_name", "given_name", "middle_name", "position_ru", "position_en")
        return {name: self[name].data for name in names}


class MemberForm(_NamesForm):
    snils = StringField(
        lazy("SNILS"),
        description=lazy("By it they are known when they sign in; nobody reads it here afterwards"),
        render_kw={"autocomplete": "off"},
        validators=[InputRequired(lazy("Type the SNILS.")), Length(max=20, message=TOO_LONG)],
    )
    birth_date = DateField(
        lazy("Date of birth"), validators=[InputRequired(lazy("Type the date of birth.")), in_calendar]
    )

    def validate_snils(self, field: Any) -> None:
        if not normal_snils(field.data or ""):
            raise ValidationError(
                gettext("This SNILS has a mistake in it: its last two digits do not fit the others.")
            )

    @property
    def told(self) -> dict[str, Any]:
        return {
            **super().told,
            "snils": normal_snils(self.snils.data or ""),
            "birth_date": self.birth_date.data,
        }


class MemberChangeForm(_NamesForm):
    version = VersionField(validators=[InputRequired(), NumberRange(min=1)])

    @classmethod
    def of(cls, member: MemberRow, **options: Any) -> Self:
        """As the register says it."""
        names = {name: getattr(member, name) for name in ("family_name", "given_name", "middle_name")}
        positions = {"position_ru": member.position.ru, "position_en": member.position.en}
        return cls(data={**names, **positions, "version": member.version}, **options)


class PostForm(IdempotentForm):
    facility = SelectField(
        lazy("Facility"),
        choices=[],
        # That it takes part is the action's to say.
        validate_choice=False,
        validators=[InputRequired(lazy("Choose the facility.")), validators.UUID()],
    )
    role = SelectField(
        lazy("Role"),
        choices=[
            SelectChoice("", lazy("Choose")),
            *(SelectChoice(each.value, ROLE_NAMES[each]) for each in STAFF_ROLES),
        ],
        validators=[InputRequired(lazy("Choose the role."))],
    )
    first_day = DateField(
        lazy("First day"), validators=[InputRequired(lazy("Choose the first day.")), in_calendar]
    )
    last_day = DateField(
        lazy("Last day"),
        description=lazy("Empty where it goes on until somebody ends it"),
        validators=[Optional(), in_calendar],
    )
    reason = _text(
        lazy("On what grounds"),
        lazy("Say on what grounds."),
        longest=LONGEST_REASON,
        description=lazy("The order and its date, for instance"),
    )

    def offer(self, facilities: Iterable[tuple[UUID, str]]) -> None:
        """One choice for each facility."""
        choices = [SelectChoice(str(facility_id), name) for facility_id, name in facilities]
        self.facility.choices = [SelectChoice("", lazy("Choose")), *choices]


class PostEndForm(IdempotentForm):
    version = VersionField(validators=[InputRequired(), NumberRange(min=1)])
    last_day = DateField(
        lazy("Last day"),
        description=lazy("Empty: it ends at once, and whatever they have open closes"),
        validators=[Optional(), in_calendar],
    )
    reason = _text(lazy("On what grounds"), lazy("Say on what grounds."), longest=LONGEST_REASON)


class _FacilityDetailsForm(IdempotentForm):
    kind = SelectField(
        lazy("Kind"),
        choices=[
            SelectChoice("", lazy("Choose")),
            *(SelectChoice(each.value, words) for each, words in KIND_NAMES.items()),
        ],
        validators=[InputRequired(lazy("Choose the kind."))],
    )
    name_ru = _text(lazy("Name, in Russian"), lazy("Type the name in Russian."))
    name_en = _text(lazy("Name, in English"), lazy("Type the name in English."))
    settlement_ru = _text(lazy("Settlement, in Russian"), lazy("Type the settlement in Russian."))
    settlement_en = _text(lazy("Settlement, in English"), lazy("Type the settlement in English."))
    address_ru = _text(lazy("Street and number, in Russian"))
    address_en = _text(lazy("Street and number, in English"))
    telephone = _text(lazy("Telephone"), longest=LONGEST_NAME)
    latitude = FloatField(
        lazy("Latitude"),
        description=lazy("Degrees, such as 51.77; distances are reckoned from it"),
        validators=[
            Optional(),
            NumberRange(min=-90, max=90, message=lazy("Latitude is between -90 and 90.")),
        ],
    )
    longitude = FloatField(
        lazy("Longitude"),
        description=lazy("Degrees, such as 55.1"),
        validators=[
            Optional(),
            NumberRange(min=-180, max=180, message=lazy("Longitude is between -180 and 180.")),
        ],
    )

    def validate(self, extra_validators=None):
        return super().validate(extra_validators) and self._is_on_the_map()

    def _is_on_the_map(self) -> bool:
        half = (self.latitude.data is None) != (self.longitude.data is None)
        if half:
            self.latitude.errors = [gettext("Type both latitude and longitude, or neither.")]
        return not half

    @property
    def told(self) -> dict[str, Any]:
        """Columns of the register by their names, of a valid form."""
        names = (
            "name_ru",
            "name_en",
            "settlement_ru",
            "settlement_en",
            "address_ru",
            "address_en",
            "telephone",
        )
        place = {"latitude": self.latitude.data, "longitude": self.longitude.data}
        return {**{name: self[name].data for name in names}, **place, "kind": FacilityKind(self.kind.data)}


class FacilityForm(_FacilityDetailsForm):
    code = StringField(
        lazy("Code"),
        description=lazy("Short, of Latin letters, digits and hyphens; it stays for ever"),
        validators=[
            InputRequired(lazy("Type the code.")),
            Length(max=LONGEST_CODE, message=TOO_LONG),
            validators.Regexp(
                CODE_SHAPE, message=lazy("A code has Latin letters, digits and hyphens alone.")
            ),
        ],
    )

    @property
    def told(self) -> dict[str, Any]:
        return {**super().told, "code": self.code.data}


class FacilityChangeForm(_FacilityDetailsForm):
    version = VersionField(validators=[InputRequired(), NumberRange(min=1)])

    @classmethod
    def of(cls, facility: FacilityDetails, **options: Any) -> Self:
        """As the register says it."""
        return cls(obj=facility, **options)


class ClosingForm(IdempotentForm):
    version = VersionField(validators=[InputRequired(), NumberRange(min=1)])
    reason = _text(lazy("On what grounds"), lazy("Say on what grounds."), longest=LONGEST_REASON)
    sure = BooleanField(
        lazy("All posts there end at once"),
        validators=[InputRequired(lazy("Confirm that all posts there end."))],
    )


class ReopeningForm(IdempotentForm):
    version = VersionField(validators=[InputRequired(), NumberRange(min=1)])
