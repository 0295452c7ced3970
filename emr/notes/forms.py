"""What a doctor types: searches, consultation notes, signatures, referrals."""

from wtforms import DateTimeLocalField, Field, Form, SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from dispatch_backend.services.rules.diagnoses import require_icd10
from emr.entries.rules.kinds import KIND_WORDS
from emr.notes.rules import LONGEST_TEXT
from emr.timeline.queries.timeline import ALL_KINDS
from foundation.errors import BadInput
from foundation.language.translation import lazy, sentence_of
from foundation.web.forms import BaseForm, CreatingForm, NumberField, ReadingForm

MOMENT = "%Y-%m-%dT%H:%M"

SERVICE_KIND_WORDS = {
    "consultation": lazy("Consultation"),
    "test": lazy("Test"),
    "imaging": lazy("Images"),
    "bed": lazy("Hospital stay"),
}
PRIORITY_WORDS = {
    "emergency": lazy("Emergency: at once"),
    "urgent": lazy("Urgent"),
    "planned": lazy("Planned"),
}


def upper(text: str | None) -> str:
    return (text or "").strip().upper()


def icd10(_form: Form, field: Field) -> None:
    try:
        require_icd10(field.data)
    except BadInput as refusal:
        raise ValidationError(sentence_of(refusal)) from refusal


class SearchForm(BaseForm):
    text = StringField(
        lazy("Who are you looking for?"),
        description=lazy("Beginning of the names, date of birth or SNILS, in any order"),
        validators=[
            InputRequired(lazy("Type a name, a date of birth or a SNILS.")),
            Length(max=200, message=lazy("That is too long to search for.")),
        ],
    )


class ChartForm(ReadingForm):
    """What a doctor narrows the record in a chart by."""

    kind = StringField(
        validators=[Optional(), AnyOf([*KIND_WORDS, ALL_KINDS])], filters=[lambda kind: kind or None]
    )
    year = NumberField(validators=[Optional(), NumberRange(min=1850, max=2200)])
    before = StringField(validators=[Optional(), Length(max=80)])


def section(label: str, hint: str) -> TextAreaField:
    """One part of a note: none must be filled in to save it, some must be to sign it."""
    too_long = lazy("A section is longer than %(most)s characters. Shorten it.", most=LONGEST_TEXT)
    return TextAreaField(
        label, description=hint, validators=[Optional(), Length(max=LONGEST_TEXT, message=too_long)]
    )


class NoteForm(CreatingForm):
    seen_at = DateTimeLocalField(
        lazy("When the patient was seen"),
        format=[MOMENT, "%Y-%m-%dT%H:%M:%S"],
        validators=[InputRequired(lazy("Say when the patient was seen."))],
    )
    complaints = section(lazy("Complaints"), lazy("In the patient's words"))
    history = section(lazy("History"), lazy("How it began, earlier illnesses, medicines, allergies"))
    examination = section(lazy("Examination"), lazy("What you found"))
    diagnosis_code = StringField(
        lazy("Diagnosis code"),
        description=lazy("ICD-10, such as J06.9; leave empty if there is none yet"),
        filters=[upper],
        validators=[Optional(), icd10],
    )
    diagnosis = StringField(
        lazy("Diagnosis in words"),
        validators=[
            Optional(),
            Length(max=500, message=lazy("Say the diagnosis in fewer than 500 characters.")),
        ],
    )
    plan = section(lazy("Plan"), lazy("Treatment, tests, when to come again"))


class EditNoteForm(NoteForm):
    seen_number = NumberField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=1)])
    reason = StringField(
        lazy("Why is the signed note changed?"),
        description=lazy("The patient reads this too"),
        validators=[
            Optional(),
            Length(max=500, message=lazy("Say the reason in fewer than 500 characters.")),
        ],
    )


class SignForm(CreatingForm):
    seen_number = NumberField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=1)])


class ReferralForm(CreatingForm):
    service = SelectField(
        lazy("What for"), validators=[InputRequired(lazy("Choose what the referral is for."))]
    )
    priority = SelectField(
        lazy("How urgent"), choices=[], validators=[InputRequired(lazy("Choose how urgent it is."))]
    )
    diagnosis_code = StringField(
        lazy("Diagnosis code"),
        description=lazy("ICD-10, such as J06.9"),
        filters=[upper],
        validators=[InputRequired(lazy("Give the diagnosis code.")), icd10],
    )
    reason = TextAreaField(
        lazy("Why, and what is asked"),
        description=lazy("The other doctor and the patient read this"),
        validators=[
            InputRequired(lazy("Say why the patient is referred.")),
            Length(max=4000, message=lazy("Say it in fewer than 4,000 characters.")),
        ],
    )
