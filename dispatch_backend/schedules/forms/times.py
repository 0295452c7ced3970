"""What a keeper of schedules chooses and types: whose week, and which times are added."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from wtforms import DateField, Field, TimeField, validators
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from dispatch_backend.capacity.enumerations import ResourceKind
from dispatch_backend.schedules.rules import ONE_DAY, PartOfDay
from foundation.clock import moment_at, now, today
from foundation.language.translation import lazy
from foundation.web.forms import (
    IdempotentForm,
    NumberField,
    QueryForm,
    SelectChoice,
    SelectField,
    in_calendar,
)
from identity.facilities.queries import FacilityCard

SHORTEST, LONGEST = 5, 24 * 60
NO_SUCH_TIME = lazy("There was no such time that day: the clocks were put forward past it. Check the hour.")
KIND_WORDS = {
    ResourceKind.DOCTOR: lazy("Doctor"),
    ResourceKind.ROOM: lazy("Room"),
    ResourceKind.DEVICE: lazy("Medical device"),
    ResourceKind.BED: lazy("Bed"),
    ResourceKind.TEAM: lazy("Team of staff"),
}


class ChosenFacilityForm(QueryForm):
    """Whose schedules are looked for."""

    facility = SelectField(
        lazy("Facility"),
        choices=[],
        validate_choice=False,
        validators=[Optional(), validators.UUID(message=lazy("Choose the facility."))],
    )

    def offer(self, facilities: Iterable[FacilityCard], chosen: UUID | None) -> None:
        """One choice for each facility."""
        self.facility.choices = [
            SelectChoice("", lazy("Choose")),
            *(SelectChoice(str(each.id), str(each.name)) for each in facilities),
        ]
        self.facility.data = str(chosen or "")


class ChosenWeekForm(QueryForm):
    """The week in which this day lies; the present one where none is named."""

    day = DateField(lazy("Any day of the week to show"), validators=[Optional(), in_calendar])


def _time(label: Any) -> TimeField:
    return TimeField(
        label,
        # Browsers add seconds where there are some.
        format=["%H:%M", "%H:%M:%S"],
        validators=[InputRequired(lazy("Give the time, such as 08:30."))],
    )


def _moment(day: date | None, shown: time | None) -> datetime | None:
    return moment_at(datetime.combine(day, shown)) if day and shown is not None else None


class AddTimesForm(IdempotentForm):
    """Times of one length, one after the other, in a part of a day."""

    day = DateField(
        lazy("Day"),
        default=today,
        validators=[InputRequired(lazy("Choose the day.")), in_calendar],
    )
    begins = _time(lazy("Beginning"))
    ends = _time(lazy("End"))
    minutes = NumberField(
        lazy("Length of each, in minutes"),
        validators=[
            InputRequired(lazy("Say how long each time is.")),
            NumberRange(SHORTEST, LONGEST, message=lazy("From 5 minutes to a day.")),
        ],
    )
    service = SelectField(
        lazy("Service"),
        choices=[],
        # That there is one is the action's to say.
        validate_choice=False,
        validators=[InputRequired(lazy("Choose the service."))],
    )

    def validate_begins(self, field: Field) -> None:
        """The clocks of the region showed it that day."""
        if self.day.data and field.data is not None and self.begins_at is None:
            raise ValidationError(NO_SUCH_TIME)

    def validate_ends(self, field: Field) -> None:
        """They showed it too, and later; midnight is that of the night that follows."""
        if self.day.data and field.data is not None and self.ends_at is None:
            raise ValidationError(NO_SUCH_TIME)
        if self.begins_at and self.ends_at and self.ends_at <= self.begins_at:
            raise ValidationError(lazy("The end has to be later than the beginning. Check both times."))

    @property
    def begins_at(self) -> datetime | None:
        """The moment, or None where nothing was typed that the clocks ever showed."""
        return _moment(self.day.data, self.begins.data)

    @property
    def ends_at(self) -> datetime | None:
        """The moment, or None where nothing was typed that the clocks ever showed."""
        day, shown = self.day.data, self.ends.data
        if day and shown == time.min and day < date.max:
            return _moment(day + ONE_DAY, shown)
        return _moment(day, shown)

    @property
    def part_of_day(self) -> PartOfDay:
        """What was typed, once the form is valid."""
        return PartOfDay(self.begins_at or now(), self.ends_at or now())

    def offer(self, services: Iterable[tuple[str, Any]]) -> None:
        """One choice for each service."""
        self.service.choices = [
            SelectChoice("", lazy("Choose")),
            *(SelectChoice(code, str(name)) for code, name in services),
        ]
