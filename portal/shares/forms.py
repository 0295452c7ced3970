"""What a citizen chooses who shows somebody outside a part of the record, in three steps: choose, check, make the link."""

from datetime import date, timedelta
from enum import StrEnum
from typing import cast

from wtforms import DateField, HiddenField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from emr.entries.enumerations import KIND_WORDS, SHOWN_KINDS
from foundation.clock import today
from foundation.language.translation import lazy
from foundation.web.forms import IdempotentForm, SelectChoice, SelectField
from identity.shares.enumerations import LONGEST, MOST_OPENINGS, NewShare, ShareState

USUAL_DAYS, USUAL_OPENINGS = timedelta(days=7), 3
LONGEST_WORD = 120
STATE_WORDS = {
    ShareState.LIVING: lazy("Works"),
    ShareState.REVOKED: lazy("You took it back"),
    ShareState.OVER: lazy("Its time is over"),
    ShareState.USED_UP: lazy("It was opened as often as you allowed"),
    ShareState.GUESSED_AT: lazy("Closed: wrong codes were tried too often"),
    ShareState.JOINED: lazy(
        "Shut: your record was joined with another one since. Make a new link if it is still needed"
    ),
    ShareState.RIGHT_OVER: lazy("Shut: whoever made it may no longer act for you"),
}


class Step(StrEnum):
    """What the press of a button asks for."""

    CHECK = "check"
    CHANGE = "change"
    MAKE = "make"


class ShareForm(IdempotentForm):
    """`study_uid` says which study it is about; where it is empty, entries are chosen."""

    study_uid = HiddenField(validators=[Optional(), Length(max=64)])
    for_whom = StringField(
        lazy("For whom"),
        description=lazy("For yourself, to tell your links apart, such as: cardiologist in Samara"),
        validators=[
            DataRequired(lazy("Say for whom the link is.")),
            Length(max=LONGEST_WORD, message=lazy("Say it in fewer than 120 characters.")),
        ],
    )
    kinds = SelectMultipleField(
        lazy("What the doctor may see"),
        choices=[SelectChoice(each.value, KIND_WORDS[each]) for each in SHOWN_KINDS],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    first_day = DateField(
        lazy("Only what happened from this day (optional)"),
        validators=[Optional()],
    )
    last_day = DateField(
        lazy("Only what happened until this day (optional)"),
        validators=[Optional()],
    )
    open_until = DateField(
        lazy("The link opens until"),
        description=lazy("Until the end of this day, 30 days at the longest"),
        default=lambda: today() + USUAL_DAYS,
        validators=[InputRequired(lazy("Type the last day."))],
    )
    most_openings = SelectField(
        lazy("How many times it can be opened"),
        description=lazy("Each opening lasts for an hour at the most"),
        choices=[SelectChoice(str(each), str(each)) for each in range(1, MOST_OPENINGS + 1)],
        default=str(USUAL_OPENINGS),
    )

    def validate_kinds(self, field: SelectMultipleField) -> None:
        if not self.study_uid.data and not field.data:
            raise ValidationError(lazy("Choose at least one."))

    def validate_last_day(self, field: DateField) -> None:
        first = self.first_day.data
        if first and field.data and field.data < first:
            raise ValidationError(lazy("The last day is before the first."))

    def validate_open_until(self, field: DateField) -> None:
        if field.data and not today() <= field.data <= today() + LONGEST:
            raise ValidationError(lazy("Choose a day from today to 30 days ahead."))

    @property
    def new(self) -> NewShare:
        """Of a valid form."""
        study_uid = self.study_uid.data or ""
        return NewShare(
            for_whom=(self.for_whom.data or "").strip(),
            open_until=cast(date, self.open_until.data),
            most_openings=int(self.most_openings.data),
            kinds=() if study_uid else tuple(self.kinds.data or ()),
            first_day=None if study_uid else self.first_day.data,
            last_day=None if study_uid else self.last_day.data,
            study_uid=study_uid,
        )


class RevokeShareForm(IdempotentForm):
    """One press: the link opens nothing any more."""
