"""What a registrar answers to a conflict, or confirms of a provisional patient."""

from collections.abc import Sequence
from datetime import date
from typing import cast

from wtforms import DateField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from emr.conflicts.enumerations import Choice
from emr.conflicts.rules import LONGEST_REASON, SHORTEST_REASON, Answer
from emr.fhir_import.enumerations import ConflictKind
from foundation.clock import today
from foundation.language.translation import lazy
from foundation.web.forms import IdempotentForm, SelectChoice
from identity.people.enumerations import Birth, PersonName

KIND_WORDS = {
    ConflictKind.PROVISIONAL: lazy("Provisional: nobody has confirmed who this is"),
    ConflictKind.BIRTH_DATE: lazy("Another date of birth"),
    ConflictKind.NAME: lazy("Another name"),
}
CHOICE_WORDS = {
    Choice.THEIRS: lazy("The same person, and the sender is right: take theirs, and what waits"),
    Choice.OURS: lazy("The same person, and we are right: keep ours, and take nothing of what waits"),
    Choice.ANOTHER_PERSON: lazy("Another person: take nothing of what waits"),
    Choice.CONFIRMED: lazy("Confirmed by the document"),
}
LONGEST_NAME = 200
TOO_LONG = lazy("No name is so long.")


def reason_field() -> TextAreaField:
    return TextAreaField(
        lazy("Why"),
        description=lazy("What you have seen or asked. It stays with the decision."),
        validators=[
            InputRequired(lazy("Say why.")),
            Length(min=SHORTEST_REASON, message=lazy("Explain it in at least 10 characters.")),
            Length(max=LONGEST_REASON, message=lazy("Say it in fewer than 1000 characters.")),
        ],
    )


class AnswerConflictForm(IdempotentForm):
    choice = RadioField(
        lazy("Who is right?"),
        choices=[
            SelectChoice(each.value, CHOICE_WORDS[each])
            for each in (Choice.THEIRS, Choice.OURS, Choice.ANOTHER_PERSON)
        ],
        validators=[InputRequired(lazy("Choose one of the answers."))],
    )
    reason = reason_field()

    @property
    def answer(self) -> Answer:
        """Of a valid form."""
        return Answer(Choice(self.choice.data), self.reason.data or "")


class ConfirmPatientForm(IdempotentForm):
    """Who a provisional patient is, by their document."""

    family_name = StringField(
        lazy("Family name"),
        validators=[InputRequired(lazy("Type the family name.")), Length(max=LONGEST_NAME, message=TOO_LONG)],
    )
    given_name = StringField(
        lazy("Given name"),
        validators=[InputRequired(lazy("Type the given name.")), Length(max=LONGEST_NAME, message=TOO_LONG)],
    )
    middle_name = StringField(
        lazy("Middle name, if there is one"), validators=[Length(max=LONGEST_NAME, message=TOO_LONG)]
    )
    born_on = DateField(lazy("Date of birth"), validators=[InputRequired(lazy("Type the date of birth."))])
    reason = reason_field()

    def validate_born_on(self, field: DateField) -> None:
        if field.data and field.data > today():
            raise ValidationError(lazy("This day has not come yet."))

    @property
    def names(self) -> Sequence[str]:
        written = (self.family_name, self.given_name, self.middle_name)
        return [" ".join((each.data or "").split()) for each in written]

    @property
    def answer(self) -> Answer:
        """Of a valid form."""
        born = Birth(cast(date, self.born_on.data))
        return Answer(Choice.CONFIRMED, self.reason.data or "", PersonName(*self.names), born)
