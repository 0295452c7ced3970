"""What whoever opens a record in an emergency says, and what the privacy officer says of it."""

from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.fields import DateField
from wtforms.validators import InputRequired, Length, ValidationError

from foundation.language.translation import lazy
from foundation.web.forms import IdempotentForm, SelectChoice
from identity.emergencies.enumerations import EmergencyReason, Verdict
from identity.emergencies.rules import LONGEST_WORDS, SHORTEST_WORDS
from identity.people.rules.snils import normal_snils

REASON_WORDS = {
    EmergencyReason.UNCONSCIOUS: lazy("The patient is unconscious"),
    EmergencyReason.LIFE_IN_DANGER: lazy("Life is in danger"),
    EmergencyReason.POISONING: lazy("Poisoning or a severe allergy"),
    EmergencyReason.CHILD_WITHOUT_PARENT: lazy("A child without a parent"),
    EmergencyReason.OTHER: lazy("Something else, told below"),
}
VERDICT_WORDS = {
    Verdict.JUSTIFIED: lazy("Justified"),
    Verdict.NOT_JUSTIFIED: lazy("Not justified"),
}
TOO_SHORT = lazy("Explain it in at least 20 characters.")
TOO_LONG = lazy("Say it in fewer than 1000 characters.")


class OpenInEmergencyForm(IdempotentForm):
    snils = StringField(lazy("SNILS"), validators=[InputRequired(lazy("Type the whole SNILS."))])
    birth_date = DateField(lazy("Date of birth"), validators=[InputRequired(lazy("Type the date of birth."))])
    reason = RadioField(
        lazy("Reason"),
        choices=[SelectChoice(each.value, REASON_WORDS[each]) for each in EmergencyReason],
        validators=[InputRequired(lazy("Choose the reason."))],
    )
    words = TextAreaField(
        lazy("What has happened"),
        description=lazy("The patient and the privacy officer read this."),
        validators=[
            InputRequired(lazy("Say what has happened.")),
            Length(min=SHORTEST_WORDS, message=TOO_SHORT),
            Length(max=LONGEST_WORDS, message=TOO_LONG),
        ],
    )

    withheld = BooleanField(
        lazy("Also entries that are shown to the treating team alone, if there are any"),
        description=lazy(
            "Tick this where the patient is in the care of your facility already and you need these too. It is an emergency then."
        ),
    )

    def validate_snils(self, field: StringField) -> None:
        if normal_snils(field.data or "") is None:
            raise ValidationError(lazy("This is no SNILS: its check digits do not fit."))


class VerdictForm(IdempotentForm):
    verdict = RadioField(
        lazy("Verdict"),
        choices=[SelectChoice(each.value, VERDICT_WORDS[each]) for each in Verdict],
        validators=[InputRequired(lazy("Choose a verdict."))],
    )
    words = TextAreaField(
        lazy("Why"),
        description=lazy("The patient reads this in their list of accesses."),
        validators=[
            InputRequired(lazy("Say why.")),
            Length(min=SHORTEST_WORDS, message=TOO_SHORT),
            Length(max=LONGEST_WORDS, message=TOO_LONG),
        ],
    )
