"""What a doctor types: consultation notes, amendments, signatures."""

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.fields import Field
from wtforms.validators import InputRequired, NumberRange, Optional

from emr.desk.forms import ShortEnough, require_icd10, stripped_upper
from emr.drafts.forms import DraftedForm
from emr.notes.rules import LONGEST_TEXT
from emr.sensitivity.enumerations import BY_HAND, Label
from foundation.language.translation import lazy
from foundation.web.forms import IdempotentForm, PastMomentField, VersionField


def section(label: str, hint: str) -> TextAreaField:
    """One part of a note: none must be filled in to save it, some must be to sign it."""
    return TextAreaField(label, description=hint, validators=[Optional(), ShortEnough(LONGEST_TEXT)])


class NoteForm(DraftedForm):
    seen_at = PastMomentField(
        lazy("When the patient was seen"),
        validators=[InputRequired(lazy("Say when the patient was seen."))],
    )
    complaints = section(lazy("Complaints"), lazy("In the patient’s words"))
    history = section(lazy("History"), lazy("How it began, earlier illnesses, medicines, allergies"))
    examination = section(lazy("Examination"), lazy("What you found"))
    diagnosis_code = StringField(
        lazy("Diagnosis code"),
        description=lazy("ICD-10, such as J06.9; leave empty if there is none yet"),
        filters=[stripped_upper],
        validators=[Optional(), require_icd10],
    )
    diagnosis = StringField(
        lazy("Diagnosis in words"),
        validators=[
            Optional(),
            ShortEnough(500),
        ],
    )
    plan = section(lazy("Plan"), lazy("Treatment, tests, when to come again"))
    # One field each: what is kept of a draft has one word for each name.
    label_psychiatry = BooleanField(lazy("Mental health"))
    label_addiction = BooleanField(lazy("Addiction"))
    label_hiv = BooleanField(lazy("HIV"))
    label_genetics = BooleanField(lazy("Heredity"))
    label_reproduction = BooleanField(lazy("Reproductive health"))

    @property
    def label_fields(self) -> dict[Label, Field]:
        return {each: self[f"label_{each.name.lower()}"] for each in BY_HAND}

    @property
    def labels(self) -> tuple[Label, ...]:
        """Those that are ticked."""
        return tuple(label for label, field in self.label_fields.items() if field.data)


class EditNoteForm(NoteForm):
    seen_number = VersionField(validators=[InputRequired(), NumberRange(min=1)])
    reason = StringField(
        lazy("Why is the signed note changed?"),
        description=lazy("The patient reads this too"),
        validators=[
            Optional(),
            ShortEnough(500),
        ],
    )


class SignForm(IdempotentForm):
    seen_number = VersionField(validators=[InputRequired(), NumberRange(min=1)])
