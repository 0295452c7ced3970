"""What a doctor types to refer a patient."""

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from emr.desk.forms import require_icd10, stripped_upper
from foundation.language.translation import lazy
from foundation.web.forms import IdempotentForm

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


class ReferralForm(IdempotentForm):
    service = SelectField(
        lazy("What for"), validators=[InputRequired(lazy("Choose what the referral is for."))]
    )
    priority = SelectField(
        lazy("How urgent"), choices=[], validators=[InputRequired(lazy("Choose how urgent it is."))]
    )
    diagnosis_code = StringField(
        lazy("Diagnosis code"),
        description=lazy("ICD-10, such as J06.9"),
        filters=[stripped_upper],
        validators=[InputRequired(lazy("Give the diagnosis code.")), require_icd10],
    )
    reason = TextAreaField(
        lazy("Why, and what is asked"),
        description=lazy("The other doctor and the patient read this"),
        validators=[
            InputRequired(lazy("Say why the patient is referred.")),
            Length(max=4000, message=lazy("Say it in fewer than 4,000 characters.")),
        ],
    )
