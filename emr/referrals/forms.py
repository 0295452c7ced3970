"""What a doctor types to refer a patient."""

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired

from dispatch_backend.services.enumerations import Priority, ServiceKind
from emr.desk.forms import ShortEnough, require_icd10, stripped_upper
from foundation.language.translation import lazy
from foundation.web.forms import IdempotentForm, SelectField

SERVICE_KIND_WORDS = {
    ServiceKind.CONSULTATION: lazy("Consultation"),
    ServiceKind.TEST: lazy("Test"),
    ServiceKind.IMAGING: lazy("Images"),
    ServiceKind.BED: lazy("Hospital stay"),
}
# Longer than on the board: who chooses is told what the word asks of others.
PRIORITY_CHOICES = {
    Priority.EMERGENCY: lazy("Emergency: at once"),
    Priority.URGENT: lazy("Urgent"),
    Priority.PLANNED: lazy("Planned"),
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
            ShortEnough(4000),
        ],
    )
