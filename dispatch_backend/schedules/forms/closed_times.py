"""What a keeper says of a time that is closed: from when to when, and why."""

from datetime import date, datetime, time
from typing import Any

from wtforms import DateField, Field, RadioField, StringField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from dispatch_backend.capacity.enumerations import ClosingReason
from dispatch_backend.schedules.forms.times import NO_SUCH_TIME
from dispatch_backend.schedules.rules import ONE_DAY, PartOfDay
from foundation.clock import moment_at
from foundation.language.translation import lazy
from foundation.web.forms import IdempotentForm, QueryForm, SelectChoice, VersionField, in_calendar

LONGEST_WORDS = 200
PART_FIELDS = ("day", "begins", "last_day", "ends")
REASON_WORDS = {
    ClosingReason.ILLNESS: lazy("The doctor is ill"),
    ClosingReason.OUT_OF_ORDER: lazy("The device is out of order"),
    ClosingReason.OTHER: lazy("Another reason"),
}


def _hour(label: Any, hint: Any) -> TimeField:
    # Browsers add seconds where there are some.
    return TimeField(label, description=hint, format=["%H:%M", "%H:%M:%S"], validators=[Optional()])


class _PartFields:
    """From a day and an hour to another; without hours whole days, without a last day that one alone."""

    day = DateField(lazy("First day"), validators=[InputRequired(lazy("Choose the day.")), in_calendar])
    begins = _hour(lazy("From the hour"), lazy("Empty: from the beginning of the day"))
    last_day = DateField(
        lazy("Last day"),
        description=lazy("Empty: the same day"),
        validators=[Optional(), in_calendar],
    )
    ends = _hour(lazy("Until the hour"), lazy("Empty: until the end of the day"))

    def validate_begins(self, _field: Field) -> None:
        """The clocks of the region showed it that day."""
        if self.day.data and self._first is None:
            raise ValidationError(NO_SUCH_TIME)

    def validate_ends(self, _field: Field) -> None:
        """They showed it too, and later."""
        if self.day.data and self._last is None:
            raise ValidationError(NO_SUCH_TIME)
        if self._first and self._last and self._last <= self._first:
            raise ValidationError(lazy("The end has to be later than the beginning. Check both times."))

    @property
    def part(self) -> PartOfDay | None:
        """What was chosen; None where nothing was, or nothing lies between."""
        first, last = self._first, self._last
        return PartOfDay(first, last) if first and last and first < last else None

    @property
    def _first(self) -> datetime | None:
        day: date | None = self.day.data
        return moment_at(datetime.combine(day, self.begins.data or time.min)) if day else None

    @property
    def _last(self) -> datetime | None:
        day: date | None = self.last_day.data or self.day.data
        ends: time = self.ends.data or time.min
        if day is None or day == date.max:
            return None
        return moment_at(datetime.combine(day + ONE_DAY if ends == time.min else day, ends))


class ChosenPartForm(_PartFields, QueryForm):
    """What is to be closed; it stands in the address, and what it touches is told before anything is."""


class CloseTimeForm(_PartFields, IdempotentForm):
    """Closes what was chosen; `seen` is for how many patients a time was booked there when the page was shown."""

    reason = RadioField(
        lazy("Why"),
        choices=[SelectChoice(each.value, words) for each, words in REASON_WORDS.items()],
        validators=[InputRequired(lazy("Say why the time is closed."))],
    )
    words = StringField(
        lazy("In words"),
        description=lazy("Needed for another reason. Patients who are moved may read it"),
        validators=[
            Optional(),
            Length(max=LONGEST_WORDS, message=lazy("In 200 characters at most.")),
        ],
    )
    seen = VersionField(validators=[InputRequired(), NumberRange(min=0)])

    def __init__(self, formdata=None, **kwargs) -> None:
        super().__init__(formdata, prefix="close-", **kwargs)

    def validate_reason(self, field: Field) -> None:
        """Another reason is said in words."""
        if field.data == ClosingReason.OTHER.value and not (self.words.data or "").strip():
            raise ValidationError(lazy("Say the other reason in words."))

    def show_touched(self, chosen: ChosenPartForm, booked: int) -> None:
        """What the form acts upon: the part that the page tells of, and the number that it tells."""
        for name in PART_FIELDS:
            self[name].process_data(chosen[name].data)
            self[name].raw_data = None
        self.seen.process_data(booked)
        self.seen.raw_data = None


class ReopenForm(IdempotentForm):
    """Opens a closed time again."""
